import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, Problem } from '../../core/api'
import { useDeed } from '../../core/deed'
import { type Followed, followed } from '../../core/preferences'
import { language } from '../../core/text'
import { t as core } from '../../core/text/words'
import { Icon, Page } from '../../core/ui'
import { arrow, folder } from '../../core/ui/icons'
import { latin } from '../identity/digits'
import '../identity/identity.css'
import './dossiers.css'
import { Standing } from './Standing'
import { t } from './text'

/** What is asked again by itself when it is opened: older than this, or said in another language. */
const OLD = 10 * 60_000
/** The shortest code there is, without its dots and dashes. */
const SHORTEST = 12

const same = (one: Followed, other: Followed) => one.standing.code === other.standing.code && one.digits === other.digits

async function lookUp(code: string, digits: string): Promise<Followed> {
  const standing = await api('POST /api/dossiers/lookup', { body: { code, last_digits: digits } })
  return { digits, at: new Date().toISOString(), lang: language.peek(), standing }
}

/** What the phone remembers of this dossier is what is known of it now. */
function renew(one: Followed) {
  followed.value = followed.peek().map(kept => (same(kept, one) ? one : kept))
}

export default function Dossiers() {
  const shown = useSignal<Followed | undefined>(undefined)
  const said = useSignal('')
  const busy = useSignal(false)

  async function refresh(one: Followed) {
    if (busy.value) return
    busy.value = true
    said.value = ''
    try {
      const now = await lookUp(one.standing.code, one.digits)
      renew(now)
      if (shown.value && same(shown.value, one)) shown.value = now
    } catch (cause) {
      // Without a line the last known state stands there with its age.
      if (cause instanceof Problem && !cause.offline) said.value = cause.status === 404 ? t.closed : cause.said.detail ?? t.failed
    }
    busy.value = false
  }
  function open(one: Followed) {
    shown.value = one
    said.value = ''
    if (Date.now() - Date.parse(one.at) > OLD || one.lang !== language.value) void refresh(one)
    document.querySelector('h1')?.focus()
  }

  const one = shown.value
  useEffect(() => {
    if (one && one.lang !== language.value) void refresh(one)
  }, [language.value])
  if (one)
    return (
      <Page title={t.title} back={['/', core.tabHome]}>
        <Standing
          of={one}
          busy={busy.value}
          said={said.value}
          again={() => void refresh(one)}
          kept={followed.value.some(kept => same(kept, one))}
          keep={wanted => (followed.value = [...(wanted ? [one] : []), ...followed.value.filter(kept => !same(kept, one))].slice(0, 20))}
          leave={() => (shown.value = undefined)}
        />
      </Page>
    )
  return (
    <Page title={t.title} back={['/', core.tabHome]}>
      <Ask found={now => (renew(now), open(now))} />
      {followed.value.length > 0 && (
        <section class="section">
          <h2>{t.kept}</h2>
          <ul class="rows">
            {followed.value.map(kept => (
              <li key={kept.standing.code + kept.digits}>
                <button class="row" type="button" onClick={() => open(kept)}>
                  <span class="blob">
                    <Icon of={folder} />
                  </span>
                  <span class="row-text">
                    <span class="row-title" lang={kept.lang}>
                      {kept.standing.name}
                    </span>
                    <span class="hint">{kept.standing.code}</span>
                  </span>
                  <Icon of={arrow} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}

/** Which field, if one of them, and what about it; asked for whenever it is drawn, for the language may change. */
type Said = { of?: 'code' | 'digits'; text: () => string } | undefined
const why = (cause: unknown): Said => ({
  text: () => (!(cause instanceof Problem) ? t.failed : cause.offline ? t.noLine : cause.said.detail ?? t.failed),
})

function Ask({ found }: { found: (one: Followed) => void }) {
  const code = useRef<HTMLInputElement>(null)
  const digits = useRef<HTMLInputElement>(null)
  const { busy, said, run } = useDeed<Said>(why, undefined)

  async function ask() {
    const typed = code.current!.value.trim()
    const four = latin(digits.current!.value).replace(/\D/g, '')
    if (typed.replace(/[^a-z0-9]/gi, '').length < SHORTEST) {
      said.value = { of: 'code', text: () => t.codeShort }
      return code.current!.focus()
    }
    if (four.length !== 4) {
      said.value = { of: 'digits', text: () => t.digitsShort }
      return digits.current!.focus()
    }
    await run(async () => found(await lookUp(typed, four)))
  }

  const wrong = said.value?.of
  return (
    <form class="steps" onSubmit={event => (event.preventDefault(), void ask())} noValidate>
      <p>{t.lead}</p>
      <div class="field">
        <label for="code">{t.code}</label>
        <input
          ref={code}
          class="input"
          id="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          enterkeyhint="next"
          maxLength={60}
          placeholder="H12.…"
          readOnly={busy.value}
          aria-invalid={wrong === 'code' ? true : undefined}
          aria-describedby={wrong === 'code' ? 'said' : 'code-hint'}
          onInput={() => (said.value = undefined)}
        />
        <p class="hint" id="code-hint">
          {t.codeHint}
        </p>
      </div>
      <div class="field">
        <label for="digits">{t.digits}</label>
        <input
          ref={digits}
          class="input four"
          id="digits"
          inputmode="numeric"
          autocomplete="off"
          enterkeyhint="search"
          maxLength={4}
          readOnly={busy.value}
          aria-invalid={wrong === 'digits' ? true : undefined}
          aria-describedby={wrong === 'digits' ? 'said' : 'digits-hint'}
          onInput={() => (said.value = undefined)}
        />
        <p class="hint" id="digits-hint">
          {t.digitsHint}
        </p>
      </div>
      <p class="said" id="said" role="alert">
        {said.value?.text()}
      </p>
      <button class="button main full" type="submit" disabled={busy.value}>
        {busy.value ? t.asking : t.ask}
      </button>
    </form>
  )
}
