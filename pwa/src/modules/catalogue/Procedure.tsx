import { useSignal } from '@preact/signals'
import { useRoute } from 'preact-iso'
import { useEffect, useMemo } from 'preact/hooks'
import { api, copied, Problem } from '../../core/api'
import { useAsk } from '../../core/ask'
import { home, recent, remember } from '../../core/preferences'
import { province } from '../../core/province'
import { give } from '../../core/share'
import type { Saved } from '../../core/storage'
import { stores, storesLater } from '../../core/stores'
import { day } from '../../core/text'
import { Await, Gradually, Icon, Mixed, More, Note, Page, Row } from '../../core/ui'
import { book, building, check, clock, coin, leave, pin, share } from '../../core/ui/icons'
import './catalogue.css'
import { News } from './News'
import { Papers } from './Papers'
import { fee, levels, type Procedure, time } from './say'
import { t } from './text'
import { trail } from './trail'
import { Ways } from './Ways'

type Named = { code: string; title: string }
/** Counted once per visit of the app, without saying who. */
const counted = new Set<string>()

export default function ProcedureScreen() {
  const { code } = useRoute().params as { code: string }
  const kept = useSignal<Saved>()
  const asked = useAsk(`procedure ${code}`, signal => ask(code, signal))
  const value = asked.value
  const whole = useMemo(() => !!value, [code])
  useEffect(() => {
    kept.value = undefined
    storesLater().then(({ saved }) => saved.get(code)).then(one => (kept.value = one), () => {})
  }, [code])
  useEffect(() => {
    if (!value) return
    remember(code, value.title)
    if (counted.has(code)) return
    counted.add(code)
    api('POST /api/catalogue/procedures/{code}/opened', { code }).catch(() => {})
  }, [value])

  if (!value && asked.failed?.said.type === 'procedure-not-found') return <Unknown code={code} nearest={(asked.failed.said.nearest ?? []) as Named[]} />
  const title = value?.title ?? trail.titles.get(code) ?? recent.value.find(one => one.code === code)?.title
  return (
    <Page title={title ?? t.openProcedure} lang={title && 'vi'} back={[trail.search, t.back]} wide>
      <Await of={asked} rows={5}>
        {procedure => (
          <div class="procedure">
            <Answer procedure={procedure} kept={kept.value} onKeep={one => (kept.value = one)} />
            <Details procedure={procedure} whole={whole} />
          </div>
        )}
      </Await>
    </Page>
  )
}

/** The server's word; without a line the copy that the person saved. */
async function ask(code: string, signal: AbortSignal) {
  try {
    return await api('GET /api/catalogue/procedures/{code}', { code }, signal)
  } catch (cause) {
    const own = cause instanceof Problem && (cause.offline || cause.status >= 500) ? await stores().then(({ saved }) => saved.get(code)).catch(() => undefined) : undefined
    if (!own) throw cause
    return copied(own.procedure, own.at)
  }
}

/** What most people came for, on one card: how long, how much, where, how; and the one button. */
function Answer({ procedure, kept, onKeep }: { procedure: Procedure; kept: Saved | undefined; onKeep: (kept: Saved | undefined) => void }) {
  const { code, channels, valid_from, valid_to } = procedure
  const soon = !procedure.in_force && valid_from && Date.parse(valid_from) > Date.now()
  const said = useSignal('')
  const online = channels.some(way => way.channel === 'online')
  const ways = [...new Set(channels.map(way => way.channel))]

  async function keep() {
    try {
      const { saved } = await stores()
      if (kept) await saved.remove(code)
      else await saved.put(procedure)
      onKeep(kept ? undefined : await saved.get(code))
    } catch {
      said.value = t.saveFailed
    }
  }
  const tell = async () => (said.value = await give({ title: procedure.title }, `/procedures/${code}`, t.linkCopied))

  return (
    <div class="answer">
      <p class="hint">
        {t.code(code)}
        {procedure.field && (
          <>
            {' · '}
            <span lang="vi">{procedure.field}</span>
          </>
        )}
        {valid_from && !soon && ` · ${t.validFrom(day(valid_from))}`}
        {valid_to && ` · ${t.validTo(day(valid_to))}`}
      </p>
      {soon ? (
        <Note tone="warn" title={t.soonTitle}>
          <p>{t.soonText(day(valid_from))}</p>
        </Note>
      ) : !procedure.in_force && (
        <Note tone="bad" title={procedure.replaced_by.length ? t.replacedTitle : t.endedTitle}>
          <p>{procedure.replaced_by.length ? t.replacedBy : t.endedText}</p>
          <Links of={procedure.replaced_by} />
        </Note>
      )}
      {procedure.flags.map(flag => {
        const text = t.flag[flag as keyof typeof t.flag]
        return text && <Note key={flag} tone="warn">{text}</Note>
      })}

      <div class="card">
        <dl class="facts">
          <Fact icon={clock} name={t.time} value={procedure.time ? time(procedure.time) : unclear(channels.map(way => way.time && time(way.time)), channels.map(way => way.time_text), t.timeVaries, t.timeUnknown)} strong={!!procedure.time} />
          <Fact icon={coin} name={t.fee} value={procedure.fee != null ? fee(procedure.fee) : unclear(channels.flatMap(way => way.fees.map(one => one.amount)), channels.map(way => way.fee_text), t.feeVaries, t.feeUnknown)} strong={procedure.fee != null} />
          <Fact icon={building} name={t.where} value={procedure.levels.length ? levels(procedure.levels) : t.whereUnknown} strong={procedure.levels.length > 0} />
          <Fact icon={leave} name={t.how} value={ways.map(way => t.channel[way]).join(', ') || t.whereUnknown} strong={online} />
        </dl>
        <div class="go no-print">
          <a class="button main full" href={procedure.portal_url ?? province.portal.url} target="_blank" rel="noreferrer" aria-describedby="leaving">
            {t.submit}
            <Icon of={leave} />
          </a>
          <p class="hint" id="leaving">
            {t.submitLeaves} {!procedure.portal_url && t.submitByCode(code)}
          </p>
          <div class="buttons">
            <button class="button" type="button" aria-pressed={!!kept} onClick={() => void keep()}>
              <Icon of={kept ? check : book} />
              {kept ? t.savedHere : t.save}
            </button>
            <button class="button" type="button" onClick={() => void tell()}>
              <Icon of={share} />
              {t.share}
            </button>
          </div>
          <p class="hint" role="status">
            {said.value}
          </p>
        </div>
      </div>
      {kept && <News kept={kept} now={procedure} onKeep={onKeep} />}
    </div>
  )
}

/** Why there is no single value: several, only words, or nothing at all. */
const unclear = (values: unknown[], words: unknown[], varies: string, unknown: string) =>
  new Set(values.filter(one => one !== null)).size > 1 ? varies : words.some(Boolean) ? t.seeBelow : unknown

const Fact = ({ icon, name, value, strong }: { icon: string; name: string; value: string; strong: boolean }) => (
  <div>
    <Icon of={icon} />
    <dt>{name}</dt>
    <dd class={strong ? 'strong' : undefined}>{value}</dd>
  </div>
)

function Details({ procedure, whole }: { procedure: Procedure; whole: boolean }) {
  return (
    <div class="details">
      <Gradually whole={whole}>
        <Papers code={procedure.code} cases={procedure.cases} />
        <Steps of={procedure.steps} />
        <Ways procedure={procedure} />
        <WhereTo agencies={procedure.agencies} />
        <Notes procedure={procedure} />
        <Others procedure={procedure} />
      </Gradually>
    </div>
  )
}

const Steps = ({ of }: { of: string[] }) =>
  of.length > 0 && (
    <section class="section">
      <h2>{t.steps}</h2>
      <ol class="steps" lang="vi">
        {of.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  )

function WhereTo({ agencies }: { agencies: string[] }) {
  const mine = home.value
  return (
    <section class="section no-print">
      <h2>{t.whereTo}</h2>
      <p lang="vi">{agencies.join('; ')}</p>
      <ul class="card rows">
        <Row href={mine ? `/places/${mine.code}` : '/places'} icon={pin} title={mine ? <Mixed of={t.myOffice} names={[mine.name]} /> : t.findOffice} />
      </ul>
    </section>
  )
}

const Notes = ({ procedure }: { procedure: Procedure }) => (
  <>
    {procedure.conditions && (
      <section class="section">
        <h2>{t.conditions}</h2>
        <p lang="vi">{procedure.conditions}</p>
      </section>
    )}
    {procedure.results.length > 0 && (
      <section class="section">
        <h2>{t.results}</h2>
        <ul class="dots" lang="vi">
          {procedure.results.map(one => (
            <li key={one.name}>{one.name}</li>
          ))}
        </ul>
      </section>
    )}
    {(procedure.notes.length > 0 || procedure.fee_note) && (
      <section class="section">
        <h2>{t.good}</h2>
        <ul class="dots" lang="vi">
          {[procedure.fee_note, ...procedure.notes].map(one => one && <li key={one}>{one}</li>)}
        </ul>
      </section>
    )}
  </>
)

function Others({ procedure }: { procedure: Procedure }) {
  const others = procedure.family?.members.filter(one => one.code !== procedure.code) ?? []
  return (
    <>
      <div class="no-print">
        {others.length > 0 && (
          <More title={t.family} count={others.length} open>
            <Links of={others} />
          </More>
        )}
        {procedure.related.length > 0 && (
          <More title={t.related} count={procedure.related.length}>
            <Links of={procedure.related} />
          </More>
        )}
        {procedure.replaces.length > 0 && (
          <More title={t.replaces} count={procedure.replaces.length}>
            <Links of={procedure.replaces} />
          </More>
        )}
        {procedure.legal_basis.length > 0 && (
          <More title={t.legal} count={procedure.legal_basis.length}>
            {procedure.decision && (
              <p>
                <Mixed of={t.decision} names={[procedure.decision]} />
              </p>
            )}
            <ul class="dots" lang="vi">
              {procedure.legal_basis.map(one => (
                <li key={`${one.number} ${one.title}`}>
                  {one.number && !one.title.includes(one.number) && <strong>{one.number} </strong>}
                  {one.title}
                </li>
              ))}
            </ul>
          </More>
        )}
      </div>
      {procedure.aliases.length > 0 && (
        <p class="hint">
          {t.alsoCalled}: <span lang="vi">{procedure.aliases.join(', ')}</span>
        </p>
      )}
      <p class="hint">{t.updated(day(procedure.updated_at))}</p>
    </>
  )
}

const Links = ({ of }: { of: Named[] }) => (
  <ul class="rows">
    {of.map(one => (
      <Row key={one.code} href={`/procedures/${one.code}`} title={one.title} lang="vi" />
    ))}
  </ul>
)

const Unknown = ({ code, nearest }: { code: string; nearest: Named[] }) => (
  <Page title={t.unknownTitle} back={[trail.search, t.back]}>
    <p>{t.unknownText(code)}</p>
    <Links of={nearest} />
    <a class="button main" href="/search">
      {t.searchTitle}
    </a>
  </Page>
)
