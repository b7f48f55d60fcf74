/** One bill: what it is, how it is paid, where the money stands. Whose it is, the screens around it know. */
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { here, Problem, type Reply } from '../../core/api'
import { useDeed } from '../../core/deed'
import { moment } from '../../core/moment'
import { day } from '../../core/text'
import { Icon, More, Note } from '../../core/ui'
import { arrow, check, download } from '../../core/ui/icons'
import '../dossiers/dossiers.css'
import { dong, spaced } from './money'
import './payments.css'
import { Qr } from './Qr'
import { t } from './text'

export type Whole = Reply<'GET /api/payments/charges/{code}'>
type Open = Whole['open'][number]
export type Way = Whole['ways'][number]
/** `own`: whoever is signed in may also cancel, say that it is paid, and have the confirmation. */
export type Verbs = { look: () => Promise<Whole>; begin: (way: Way) => Promise<Whole>; own?: { cancel: (way: Way) => Promise<Whole>; claim: (way: Way) => Promise<Whole>; confirmation: () => Promise<void> } }

export const why = (cause: unknown) => (!(cause instanceof Problem) ? t.failed : cause.offline ? t.noLine : cause.said.detail ?? t.failed)
/** How soon a bill that is being paid is looked at again; each time a little later, but never later than the last. */
const SOON = 5000
const LATER = 1.25
const LATEST = 60_000

export function Charge({ of, verbs }: { of: Whole; verbs: Verbs }) {
  const seen = useSignal(of)
  const { busy, said, run } = useDeed(why, '')
  useEffect(() => void (seen.value = of), [of])
  const { charge: it, open, ways, receipt_number: receipt, receipt_link: link } = seen.value
  const waits = it.standing === 'paying' || it.standing === 'confirming' || (received(it) && !it.office_told)
  // Whoever comes back from the bank's app finds what has become of it; meanwhile it is asked now and then.
  useEffect(() => {
    if (!waits) return
    let pause = SOON
    let again: ReturnType<typeof setTimeout>
    const look = () => document.visibilityState === 'visible' && void verbs.look().then(next => (seen.value = next), () => {})
    const wait = () => void (again = setTimeout(() => (look(), (pause = Math.min(pause * LATER, LATEST)), wait()), pause))
    const back = () => (clearTimeout(again), (pause = SOON), look(), wait())
    wait()
    addEventListener('visibilitychange', back)
    return () => (clearTimeout(again), removeEventListener('visibilitychange', back))
  }, [waits])
  const deed = (act: () => Promise<Whole>) => void run(async () => void (seen.value = await act()))
  // Whose bank says that it is paid must not be led to pay again.
  const sure = it.standing === 'confirming'
  const others = sure ? [] : ways.filter(way => !open.some(one => one.way === way))
  const shown = sure ? open.filter(one => one.claimed_at) : open
  return (
    <>
      <section class="card standing">
        <p class="sum large">{dong(it.amount)}</p>
        <State of={it} />
        <dl>
          {it.what && <Fact name={t.what} value={it.what} lang="vi" />}
          {it.for_whom && <Fact name={t.forWhom} value={it.for_whom} lang="vi" />}
          <Fact name={t.payee} value={it.payee} lang="vi" />
          <Fact name={t.code} value={spaced(it.code)} />
        </dl>
        {it.dossier && <a href={`/dossiers/${it.dossier}`}>{t.dossier}</a>}
      </section>
      {shown.map(one => (
        <Paying key={one.way} of={one} code={it.code} busy={busy.value} verbs={verbs} deed={deed} />
      ))}
      <p class="said" role="alert">
        {said.value}
      </p>
      {others.length > 0 && (
        <section class="section">
          <h2>{t.choose}</h2>
          <ul class="card rows">
            {others.map(way => (
              <li key={way}>
                <button class="row" type="button" disabled={busy.value} onClick={() => deed(() => verbs.begin(way))}>
                  <span class="row-text">
                    <span class="row-title">{t[way]}</span>
                    <span class="hint">{t[`${way}Hint`]}</span>
                  </span>
                  <Icon of={arrow} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {received(it) && verbs.own && (
        <section class="section">
          <button class="button" type="button" disabled={busy.value} onClick={() => void run(verbs.own!.confirmation)}>
            <Icon of={download} />
            {t.confirmation}
          </button>
          <p class="hint">{t.notReceipt}</p>
        </section>
      )}
      {receipt && (
        <p>
          {t.receipt}: {link ? <a href={link}>{receipt}</a> : receipt}
        </p>
      )}
      <section class="section">
        <h2>{t.happened}</h2>
        <ol class="way">
          {seen.value.steps.map(step => (
            <li key={step.at + step.kind}>
              <span class="way-mark">
                <Icon of={check} />
              </span>
              <span>
                <span class="strong">{step.says}</span>
                <span class="hint">
                  {moment(step.at)}
                  {step.amount != null && ` · ${dong(step.amount)}`}
                </span>
              </span>
            </li>
          ))}
        </ol>
      </section>
      {seen.value.attempts.length > 0 && (
        <More title={t.tries} count={seen.value.attempts.length}>
          <ul class="tries">
            {seen.value.attempts.map(one => (
              <li key={one.begun_at}>
                <span class="strong">{one.way === 'cash' ? one.says : `${t[one.way]}: ${one.says}`}</span>
                <span class="hint">{moment(one.begun_at)}</span>
              </li>
            ))}
          </ul>
        </More>
      )}
    </>
  )
}

const Fact = ({ name, value, lang }: { name: string; value: string; lang?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd lang={lang}>{value}</dd>
  </div>
)

/** Also while somebody decides what of it goes back: who has paid twice has paid. */
const received = (it: Whole['charge']) => it.paid_at && it.standing !== 'refunded'

/** Where it stands, and what that means for whoever pays. */
function State({ of: it }: { of: Whole['charge'] }) {
  if (it.standing === 'confirming')
    return (
      <Note tone="warn" title={t.confirming}>
        {here(it.promised_at ?? '') > Date.now() ? t.confirmingHint(moment(it.promised_at!)) : t.confirmingLate}
      </Note>
    )
  if (received(it))
    return (
      <Note tone="good" icon={check} title={t.paid(moment(it.paid_at!))}>
        {it.standing !== 'paid' ? it.says : it.office_told ? t.officeTold : it.promised_at && t.officeWaits(moment(it.promised_at))}
      </Note>
    )
  if (it.standing === 'exempt') return <Note tone="good">{t.free(it.exemption_says!)}</Note>
  return (
    <p class="state">
      <strong>{it.says}</strong>
      {it.standing === 'due' && it.due_on && <span class={it.overdue ? 'tag bad' : 'tag'}>{it.overdue ? t.overdue(day(it.due_on)) : t.dueOn(day(it.due_on))}</span>}
    </p>
  )
}

type PayingProps = { of: Open; code: string; busy: boolean; verbs: Verbs; deed: (act: () => Promise<Whole>) => void }
/** An attempt that waits for money: what to do now. */
function Paying({ of: it, code, busy, verbs: { own }, deed }: PayingProps) {
  const way = it.way as Way
  return (
    <section class="card paying">
      <h2>{t[way]}</h2>
      {it.qr && it.transfer && !it.claimed_at && (
        <>
          <Qr of={it.qr} code={code} />
          <p class="hint">{t.sameTablet}</p>
          <dl class="copies">
            <Copied name={t.bank} value={it.transfer.bank} />
            <Copied name={t.account} value={it.transfer.account} copy />
            <Copied name={t.holder} value={it.transfer.name} />
            <Copied name={t.amount} value={String(it.transfer.amount)} shown={dong(it.transfer.amount)} copy />
            <Copied name={t.words} value={it.transfer.words} copy />
            <Copied name={t.qrText} value={it.qr.text} shown={`${it.qr.text.slice(0, 12)}…`} copy />
          </dl>
          <p class="strong">{t.exactly}</p>
        </>
      )}
      {it.url && !it.claimed_at && (
        <a class="button main full" href={it.url} rel="noreferrer">
          {way === 'portal' ? t.goPortal : t.goVnpay}
        </a>
      )}
      {!it.claimed_at && <p class="hint">{t.until(moment(it.expires_at))}</p>}
      {own && (
        <div class="buttons">
          {way !== 'vnpay' && !it.claimed_at && (
            <button class={it.qr ? 'button main' : 'button'} type="button" disabled={busy} onClick={() => deed(() => own.claim(way))}>
              {t.claimed}
            </button>
          )}
          <button class="button" type="button" disabled={busy} onClick={() => deed(() => own.cancel(way))}>
            {t.cancel}
          </button>
        </div>
      )}
    </section>
  )
}

function Copied({ name, value, shown = value, copy }: { name: string; value: string; shown?: string; copy?: boolean }) {
  const done = useSignal<boolean>()
  const put = () => void navigator.clipboard.writeText(value).then(() => (done.value = true), () => (done.value = false))
  // What could not be copied is shown whole, for a finger to take.
  const refused = done.value === false
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span lang={copy ? undefined : 'vi'}>{refused ? value : shown}</span>
        {copy && (
          <button class="button" type="button" onClick={put}>
            {done.value ? t.copied : t.copy}
            <span class="unseen"> {name}</span>
          </button>
        )}
        {refused && <span class="said" role="alert">{t.notCopied}</span>}
      </dd>
    </div>
  )
}
