import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { Problem } from '../../core/api'
import { type Followed, followed, mine } from '../../core/preferences'
import { screen } from '../../core/screen'
import { resident } from '../../core/session'
import { language } from '../../core/text'
import { Icon, Note, Page } from '../../core/ui'
import { book } from '../../core/ui/icons'
import '../identity/identity.css'
import { Ask } from './Ask'
import './dossiers.css'
import { keep, known, lookUp, old } from './lookup'
import { t as own } from './own/text'
import { Standing } from './Standing'
import { t } from './text'
import { t as together } from './together/text'

const Asking = screen(together, () => import('./together/Asking'))
/** What only whoever is signed in needs comes with it. */
const Own = screen(own, () => import('./own/Own'))

/** One dossier at an address of its own: by its slip when this device knows the digits, else as somebody's own, else by asking for them. */
export default function Dossier() {
  const code = useRoute().params.code!
  const found = useSignal(known(code))
  const gone = useSignal(false)
  useEffect(() => void (gone.value = false), [code, resident.value?.id])
  const slip = found.value?.standing.code === code ? found.value : known(code)
  return (
    <Page title={t.one} back={['/dossiers', t.title]}>
      {slip ? <Slip key={code} of={slip} /> : !gone.value && (resident.value?.ends || mine.value) ? <Own key={code} code={code} gone={() => (gone.value = true)} /> : <Closed code={code} found={one => (found.value = one)} />}
    </Page>
  )
}

function Slip({ of }: { of: Followed }) {
  const one = useSignal(of)
  const busy = useSignal(false)
  const said = useSignal('')
  const kept = followed.value.some(it => it.standing.code === of.standing.code)
  async function again() {
    busy.value = true
    said.value = ''
    try {
      one.value = await lookUp(of.standing.code, of.digits)
    } catch (cause) {
      // Without a line the last known state stands there with its age.
      if (cause instanceof Problem && !cause.offline) said.value = cause.status === 404 ? t.closed : cause.said.detail ?? t.failed
    }
    busy.value = false
  }
  useEffect(() => void (old(of) && again()), [language.value])
  return (
    <>
    <Standing of={one.value} busy={busy.value} said={said.value} again={() => void again()} hint={t.keepHint}>
      <button class="button" type="button" aria-pressed={kept} onClick={() => keep(one.value, !kept)}>
        <Icon of={book} />
        {kept ? t.keeping : t.keep}
      </button>
    </Standing>
    {resident.value?.ends ? <Asking of={one.value} /> : null}
    </>
  )
}

/** Not among theirs, or nobody is signed in: whoever holds the slip reads it all the same. */
const Closed = ({ code, found }: { code: string; found: (one: Followed) => void }) => (
  <>
    <Note title={resident.value?.ends ? t.notMine : undefined}>{t.needsDigits}</Note>
    <Ask given={code} found={found} />
    {!resident.value?.ends && (
      <p>
        <a href={`/sign-in?next=/dossiers/${encodeURIComponent(code)}`}>{t.orSignIn}</a>
      </p>
    )}
  </>
)
