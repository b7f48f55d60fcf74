import { useEffect, useRef } from 'preact/hooks'
import { useAsk } from '../../../core/ask'
import { letters, mine } from '../../../core/preferences'
import { screen } from '../../../core/screen'
import { language } from '../../../core/text'
import { Empty, Failed, Icon, Skeleton } from '../../../core/ui'
import { clock, person } from '../../../core/ui/icons'
import { fetchOne, type Whole } from '../mine'
import { Standing } from '../Standing'
import { t as dossiers } from '../text'
import { t as together } from '../together/text'
import { Duty } from './Duty'
import { Result } from './Result'
import { t } from './text'

/** For whoever follows it. */
const Leaving = screen(together, () => import('../together/Leaving'))

/** One of somebody's own, as last known without a line; `gone`: it is not, or no longer. */
export default function Own({ code, gone }: { code: string; gone: () => void }) {
  const asked = useAsk(`own ${language.value} ${code}`, signal => fetchOne(code, signal))
  // News has come: perhaps of this one.
  const newest = letters.value?.of.items[0]?.id
  const seen = useRef(newest)
  useEffect(() => {
    if (newest !== seen.current) asked.again()
    seen.current = newest
  }, [newest])
  useEffect(() => void (asked.failed?.status === 404 && gone()), [asked.failed])
  const copy = mine.value?.of.items.find(it => it.standing.code === code)
  const shown = asked.value ?? (copy && { one: copy as Partial<Whole> & typeof copy, at: mine.value!.at, lang: mine.value!.lang })
  if (!shown && asked.failed?.said.type === 'assurance-needed') return <NeedsVneid code={code} />
  if (!shown) return asked.failed ? <Failed problem={asked.failed} again={asked.again} /> : <Skeleton rows={4} />
  const { one, at, lang } = shown
  return (
    <>
    {one.owned === false && <Leaving code={code} />}
    <Standing
      of={{ ...one, at, lang }}
      busy={false}
      said=""
      again={asked.again}
      duty={one.duty && <Duty of={one.duty} says={one.standing.yours} lang={lang} />}
      result={one.result && <Result code={code} of={one.result} lang={lang} />}
      slip={({ slip }) =>
        slip && (
          <a href={`/api/dossiers/${code}/slips/${slip.id}`} download>
            {t.slips[slip.form - 1]}
          </a>
        )
      }
    >
      {one.standing.due_at && one.standing.clock === 'running' && (
        <a class="button" href={`/api/dossiers/${code}/calendar.ics`} download>
          <Icon of={clock} />
          {dossiers.calendar}
        </a>
      )}
      {one.owned && (
        <a class="button" href={`/dossiers/${code}/followers`}>
          <Icon of={person} />
          {t.together}
        </a>
      )}
    </Standing>
    </>
  )
}

/** Theirs by their personal number, which a sign-in by phone does not prove. */
const NeedsVneid = ({ code }: { code: string }) => (
  <Empty title={t.byNumber}>
    <p>{t.byNumberText}</p>
    <a class="button main" href={`/sign-in?next=/dossiers/${encodeURIComponent(code)}`}>
      {t.withVneid}
    </a>
  </Empty>
)
