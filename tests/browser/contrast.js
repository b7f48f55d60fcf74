/** The contrast of each text, by axe, which takes long for it: only where what its answer hangs on is not just as axe has
 *  found it good before, on whatever screen, in whatever language and theme. That is a text's mark: its own colours and
 *  letters, and whatever colours or orders a box around it, or a box that lies at the middle of one of its lines.
 *  `axe.texts()` tells the marks of a screen, `axe.contrast(marks)` the faults of these texts, which marks are good,
 *  and what marks there are by then. */
{
  const LONG_LISTS = '.rows > li:nth-child(n + 6)'
  // Nor does axe say anything of what nobody sees, and of what lies behind a dialog.
  const NOT_ASKED = `:disabled, [aria-disabled=true], script, style, noscript, option, ${LONG_LISTS}`
  /** What a box has to do with how a text looks, and how it is where it has nothing to do with it. */
  const BOX = Object.entries({
    'background-color': 'rgba(0, 0, 0, 0)',
    'background-image': 'none',
    opacity: '1',
    'mix-blend-mode': 'normal',
    filter: 'none',
    'backdrop-filter': 'none',
    position: 'static',
    'z-index': 'auto',
    float: 'none',
    transform: 'none',
    'clip-path': 'none',
    isolation: 'auto',
    contain: 'none',
    'will-change': 'auto',
    'mask-image': 'none',
  })
  const LETTERS = ['color', '-webkit-text-fill-color', '-webkit-text-stroke', 'text-shadow', 'font-weight']

  /** 53 bits: two of some thousands of marks are not the same by chance. */
  const short = text => {
    let a = 0xdeadbeef
    let b = 0x41c6ce57
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761)
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677)
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
  }
  const both = (a, b) => ({ left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) })
  const covers = (rect, x, y) => rect.left <= x && x <= rect.right && rect.top <= y && y <= rect.bottom
  const words = node => [...node.childNodes].filter(child => child.nodeType === 3 && child.data.trim())

  /** The elements with words of their own, by mark. */
  const marked = () => {
    const boxes = []
    const known = new Map()
    for (const node of document.querySelectorAll('html, body, body *')) {
      const above = known.get(node.parentElement)
      const style = getComputedStyle(node)
      const rects = [...node.getClientRects()]
      const within = above?.within ?? { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity }
      const own = BOX.filter(([name, nothing]) => style.getPropertyValue(name) !== nothing).map(([name]) => `${name}: ${style.getPropertyValue(name)}`)
      const mark = own.length ? short([above?.mark, style.display, ...own].join('|')) : above?.mark
      known.set(node, { node, style, rects, mark, within: style.overflow === 'visible' ? within : both(within, node.getBoundingClientRect()) })
      if (own.length && style.visibility === 'visible') boxes.push({ node, mark, rects, within })
    }
    const modal = document.querySelector('dialog:modal')
    const texts = new Map()
    for (const { node, style, rects, mark, within } of known.values()) {
      const own = words(node)
      if (!own.length && !node.matches('input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea')) continue
      if (!node.checkVisibility({ visibilityProperty: true }) || node.closest(NOT_ASKED) || (modal && !modal.contains(node))) continue
      if (rects.every(rect => rect.right <= 0 || rect.bottom + scrollY <= 0)) continue
      const lines = own.flatMap(text => {
        const range = document.createRange()
        range.selectNodeContents(text)
        return [...range.getClientRects()]
      })
      const under = new Set()
      for (const line of lines.length ? lines : rects) {
        // What a box cuts off is not seen, but where it hangs out of it by its position.
        const cut = both(line, within)
        const { left, right, top, bottom } = cut.left < cut.right && cut.top < cut.bottom ? cut : line
        if (right - left < 1 || bottom - top < 1) continue
        const x = (left + right) / 2
        const y = (top + bottom) / 2
        const here = boxes.filter(box => box.rects.some(rect => covers(rect, x, y)))
        under.add(here.map(box => (box.node === node ? '*' : box.mark + covers(box.within, x, y))).join())
      }
      // Large letters need less contrast: from 24 px, or bold from 18.66 px.
      const size = parseFloat(style.fontSize) < 18 ? 'small' : parseFloat(style.fontSize) > 25 ? 'large' : style.fontSize
      const letter = own.map(text => text.data).join('').trim().length === 1
      const all = short([mark, letter, size, ...LETTERS.map(name => style.getPropertyValue(name)), ...under].join('|'))
      if (texts.has(all)) texts.get(all).push(node)
      else texts.set(all, [node])
    }
    return texts
  }

  axe.texts = () => [...marked().keys()]

  axe.contrast = async marks => {
    const before = marked()
    const include = marks.flatMap(mark => before.get(mark) ?? [])
    if (!include.length) return [[], [], axe.texts()]
    // It draws the first texts of a font to see whether they are icons, and takes Khmer for such: it would pass over them all.
    axe._cache.set('fonts', new Proxy({}, { get: () => ({ occurrences: 3, numLigatures: 0 }) }))
    const { violations, passes } = await axe.run({ include, exclude: [[LONG_LISTS]] }, { runOnly: ['color-contrast'], resultTypes: ['violations', 'passes'], elementRef: true, selectors: false })
    const good = new Set(passes.flatMap(({ nodes }) => nodes.map(({ element }) => element)))
    // What changed while axe looked is not found good.
    const after = marked()
    const proven = marks.filter(mark => before.get(mark)?.every(node => good.has(node) && after.get(mark)?.includes(node)))
    return [violations.flatMap(({ id, nodes }) => nodes.map(({ element }) => `${id}: ${element.outerHTML.slice(0, 200)}`)), proven, [...after.keys()]]
  }
}
