import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect, useRef } from 'preact/hooks'
import { Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { type Followed, followed, letters, mine } from '../../core/preferences'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import { Failed, Icon, Note, Page, Skeleton } from '../../core/ui'
import { book, clock } from '../../core/ui/icons'
import '../identity/identity.css'
import { Ask } from './Ask'
import './dossiers.css'
import { keep, known, lookUp, old } from './lookup'
import { fetchOne } from './mine'
import { Standing } from './Standing'
import { t } from './text'

/** One dossier at an address of its own: by its slip when this device knows the digits, else as somebody's own, else by asking for them. */
export default function Dossier() {
  const code = useRoute().params.code!
  const found = useSignal(known(code))
  const slip = found.value?.standing.code === code ? found.value : known(code)
  return (
    <Page title={t.one} back={['/dossiers', t.title]}>
      {slip ? <Slip key={code} of={slip} /> : mark.value?.ends || mine.value ? <Own key={code} code={code} found={one => (found.value = one)} /> : <Closed code={code} found={one => (found.value = one)} />}
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
    <Standing of={one.value} busy={busy.value} said={said.value} again={() => void again()} hint={t.keepHint}>
      <button class="button" type="button" aria-pressed={kept} onClick={() => keep(one.value, !kept)}>
        <Icon of={book} />
        {kept ? t.keeping : t.keep}
      </button>
    </Standing>
  )
}

function Own({ code, found }: { code: string; found: (one: Followed) => void }) {
  const asked = useAsk(`own ${language.value} ${code}`, signal => fetchOne(code, signal))
  // News has come: perhaps of this one.
  const newest = letters.value?.of.items[0]?.id
  const seen = useRef(newest)
  useEffect(() => {
    if (newest !== seen.current) asked.again()
    seen.current = newest
  }, [newest])
  const copy = mine.value?.of.items.find(it => it.standing.code === code)
  const shown = asked.value ?? (copy && { one: copy, at: mine.value!.at, lang: mine.value!.lang })
  if (asked.failed?.status === 404) return <Closed code={code} found={found} />
  if (!shown) return asked.failed ? <Failed problem={asked.failed} again={asked.again} /> : <Skeleton rows={4} />
  return (
    <Standing of={{ ...shown.one, at: shown.at, lang: shown.lang }} busy={false} said="" again={asked.again}>
      {shown.one.standing.due_at && shown.one.standing.clock !== 'over' && (
        <a class="button" href={`/api/dossiers/${code}/calendar.ics`} download>
          <Icon of={clock} />
          {t.calendar}
        </a>
      )}
    </Standing>
  )
}

/** Not among theirs, or nobody is signed in: whoever holds the slip reads it all the same. */
const Closed = ({ code, found }: { code: string; found: (one: Followed) => void }) => (
  <>
    <Note title={mark.value?.ends ? t.notMine : undefined}>{t.needsDigits}</Note>
    <Ask given={code} found={found} />
    {!mark.value?.ends && (
      <p>
        <a href={`/sign-in?next=/dossiers/${encodeURIComponent(code)}`}>{t.orSignIn}</a>
      </p>
    )}
  </>
)
