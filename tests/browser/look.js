/** What a person would complain of on this screen, in sentences; empty when all is well. */
({ width, language, mixed, mouse }) => {
  const complaints = []
  const words = node => node.textContent.trim().replace(/\s+/g, ' ').slice(0, 50)
  const name = node => `<${node.tagName.toLowerCase()}${node.className && typeof node.className === 'string' ? '.' + node.className.trim().replace(/\s+/g, '.') : ''}> “${words(node)}”`
  const complain = (what, node) => complaints.push(node ? `${what}: ${name(node)}` : what)
  const seen = node => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.unseen, .skip, noscript, script, style')
  const all = css => [...document.querySelectorAll(css)].filter(seen)

  // ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────
  const h1 = all('h1')
  if (h1.length !== 1) complain(`${h1.length} headings of the first order`)
  if (document.documentElement.lang !== language) complain(`the page says that it is in ${document.documentElement.lang}`)
  if (h1[0] && !document.title.startsWith(h1[0].textContent.trim())) complain(`the tab says “${document.title}”`)
  if (document.documentElement.scrollWidth > width) complain(`the page is ${document.documentElement.scrollWidth} px wide`)

  // ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const vietnamese = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i
  const khmer = /\p{Script=Khmer}/u
  // Names stay what they are in every language.
  const names = /(?:[Pp]hường|[Xx]ã|[Tt]hị trấn|[Tt]hành phố|[Hh]uyện|[Tt]hị xã)(?: \p{Lu}\p{L}*| \d+)+|Cà Mau|Bạc Liêu|Bến Đước|Tiếng Việt|đồng|“[^”]*”/gu
  const check = (text, node) => {
    if (/^[a-z]+(\.[a-zA-Z]+)+$/.test(text.trim()) || /undefined|\[object|\bNaN\b|\bnull\b/.test(text)) complain('not for people', node)
    if (language !== 'en' && /\d\.\d ?(%|MB|km|គ\.ម)/.test(text)) complain('a point where a comma belongs', node)
    if (mixed) return
    const spoken = node.closest('[lang]').lang
    if (spoken !== 'vi' && vietnamese.test(text.replace(names, ''))) complain(`Vietnamese among the ${spoken}`, node)
    if (spoken !== 'km' && khmer.test(text)) complain(`Khmer among the ${spoken}`, node)
  }
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) if (walker.currentNode.data.trim() && walker.currentNode.parentElement.closest('body') && !walker.currentNode.parentElement.closest('script, style, noscript')) texts.push(walker.currentNode)
  for (const text of texts) if (seen(text.parentElement)) check(text.data, text.parentElement)
  for (const node of document.querySelectorAll('[aria-label], [title], [alt]'))
    for (const attribute of ['aria-label', 'title', 'alt']) {
      const text = node.getAttribute(attribute) ?? ''
      if (!khmer.test(text)) check(text.replace(/:.*/s, ''), node)
    }

  for (const empty of all('.empty')) {
    const said = [...empty.querySelectorAll('p')].map(words)
    if (new Set(said).size < said.length) complain('said twice', empty)
  }
  for (const node of all('button')) if (getComputedStyle(node).borderStyle === 'outset') complain('as the browser draws it', node)

  // ── room ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const boxes = '.brand, .button, .tag, .tile, .choice, .card, .note, .row, .tabs a, .paper, .ribbon, .bar, summary, fieldset'
  // What is wider than the screen may be moved sideways, by keys as well, where it says so.
  const moved = node => node.closest('[role=region][tabindex="0"]')
  const lines = []
  for (const text of texts) {
    const parent = text.parentElement
    if (!seen(parent) || parent.closest('option, select') || moved(parent)) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const box = parent.closest(boxes)?.getBoundingClientRect()
    for (const line of range.getClientRects()) {
      // A row's title is cut after five lines on purpose.
      if (line.width < 1 || line.top > parent.closest('.row-title')?.getBoundingClientRect().bottom - 2) continue
      if (line.left < -1 || line.right > width + 1) complain('words beyond the edge', parent)
      else if (box && (line.left < box.left - 1 || line.right > box.right + 1 || line.top < box.top - 4)) complain('words beyond their box', parent)
      else lines.push({ line, text, parent })
    }
    for (let up = parent; up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible' && up.scrollWidth > up.clientWidth + 1) complain('words cut off', up)
  }

  // Two pieces of text one over the other. Bars that stay while the page moves lie above it on purpose.
  const layer = node => node.closest('dialog, .tabs, .search-head, .skip') ?? document.body
  lines.sort((a, b) => a.line.top - b.line.top)
  lines.forEach((one, i) => {
    for (const other of lines.slice(i + 1)) {
      if (other.line.top >= one.line.bottom) break
      if (other.text === one.text || layer(one.parent) !== layer(other.parent)) continue
      const across = Math.min(one.line.right, other.line.right) - Math.max(one.line.left, other.line.left)
      const down = Math.min(one.line.bottom, other.line.bottom) - other.line.top
      if (across > 2 && down > 0.4 * Math.min(one.line.height, other.line.height)) complain(`covers “${words(one.parent)}”`, other.parent)
    }
  })

  // ── fingers ───────────────────────────────────────────────────────────────────────────────────────────────────
  const main = '.button, .tabs a, .row, .choice, .tile, .paper, .brand, .back, summary, input[type=search], select'
  const touched = all('a[href], button, input, select, summary, label.choice, label.paper')
  for (const node of touched) {
    // A box to tick is touched by its label; a link within a sentence is as high as its line.
    const target = node.matches('input') ? node.closest('label') ?? node : node
    if (getComputedStyle(target).display === 'inline' && target.parentElement.textContent.trim() !== target.textContent.trim()) continue
    const { width: w, height: h } = target.getBoundingClientRect()
    const least = target.matches(main) && !mouse ? 44 : 24
    if (w < least - 0.5 || h < least - 0.5) complain(`${Math.round(w)} × ${Math.round(h)} px for a finger`, target)
  }

  // The end of the page must come out from under the bar at the bottom.
  const bar = document.querySelector('.tabs')
  if (bar && getComputedStyle(bar).position === 'fixed' && !document.querySelector('dialog')) {
    const was = scrollY
    scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })
    const last = Math.max(...lines.filter(one => one.parent.closest('main')).map(one => one.line.bottom + was - scrollY))
    if (last > bar.getBoundingClientRect().top) complain('the end of the page is under the bar')
    if (bar.offsetHeight > innerHeight / 4) complain(`the bar takes ${bar.offsetHeight} px`)
    scrollTo({ top: was, behavior: 'instant' })
  }
  return [...new Set(complaints)]
}
