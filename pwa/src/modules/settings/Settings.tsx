import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { installed } from '../../core/device'
import { textSize, type Theme, theme } from '../../core/preferences'
import { tellLanguage } from '../../core/push'
import { resident } from '../../core/session'
import { choose, day, type Language, language, languages } from '../../core/text'
import { Choices, Icon, Page, Row } from '../../core/ui'
import { bell, download, info, person } from '../../core/ui/icons'
import './settings.css'
import { t } from './text'

type Size = keyof typeof t.sizes

export default function Settings() {
  return (
    <Page title={t.title}>
      <Choices
        legend={t.language}
        name="language"
        row
        value={language.value}
        onChange={next => void choose(next).then(tellLanguage).catch(() => {})}
        of={(Object.keys(languages) as Language[]).map(value => ({ value, label: languages[value], lang: value }))}
      />
      {language.value !== 'vi' && <p class="hint">{t.languageNote}</p>}
      <Choices legend={t.size} name="size" row value={String(textSize.value) as Size} onChange={next => (textSize.value = Number(next))} of={(['0', '1', '2', '3'] as Size[]).map(value => ({ value, label: t.sizes[value] }))} />
      <p>{t.sample}</p>
      <Choices legend={t.theme} name="theme" row value={theme.value} onChange={next => (theme.value = next)} of={(['system', 'light', 'dark'] as Theme[]).map(value => ({ value, label: t.themes[value] }))} />
      <ul class="card rows">
        <Row href="/account" icon={person} title={t.account}>
          <span class="hint">{resident.value?.ends ? t.signedIn : t.signedOut}</span>
        </Row>
        <Row href="/notifications" icon={bell} title={t.notifications}>
          <span class="hint">{t.notificationsText}</span>
        </Row>
        {!installed && (
          <Row href="/install" icon={download} title={t.install}>
            <span class="hint">{t.installText}</span>
          </Row>
        )}
        <Row href="/about" icon={info} title={t.about}>
          <span class="hint">{t.aboutText}</span>
        </Row>
      </ul>
      <Data />
    </Page>
  )
}

const OUTLINE = '/api/catalogue/outline'
type Reload = 'busy' | 'done' | 'failed' | undefined

/** How much lies on the phone, how old it is, and fetching it anew. */
function Data() {
  const size = useSignal('')
  const from = useSignal<string | null>(null)
  const state = useSignal<Reload>(undefined)

  async function look() {
    const bytes = (await navigator.storage?.estimate?.())?.usage
    size.value = bytes ? (bytes / 1e6).toFixed(1) : ''
    from.value = (await (await caches.open('data')).match(OUTLINE))?.headers.get('x-copied-at') ?? null
  }
  useEffect(() => void look().catch(() => {}), [])

  async function reload() {
    state.value = 'busy'
    try {
      // Asking is enough: the worker keeps what passes through it.
      for (const url of [OUTLINE, '/api/catalogue/filters', '/api/places/units?limit=100', '/api/places/outline']) {
        const reply = await fetch(url, { cache: 'reload' })
        if (!reply.ok || reply.headers.has('x-copied-at')) throw new Error(url)
      }
      state.value = 'done'
      setTimeout(() => void look(), 300)
    } catch {
      state.value = 'failed'
    }
  }

  return (
    <section class="section">
      <h2>{t.data}</h2>
      <p>{size.value ? t.dataText(t.megabytes(size.value)) : t.dataUnknown}</p>
      <p>{from.value ? t.outlineFrom(day(from.value)) : t.outlineNone}</p>
      <div>
        <button class="button" type="button" disabled={state.value === 'busy'} onClick={() => void reload()}>
          <Icon of={download} />
          {state.value === 'busy' ? t.reloading : t.reload}
        </button>
        <p class="hint" role="status">
          {state.value === 'done' ? t.reloaded : state.value === 'failed' ? t.reloadFailed : ''}
        </p>
      </div>
    </section>
  )
}
