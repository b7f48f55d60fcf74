import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso'
import { grouped } from '../../../core/text'
import { Note } from '../../../core/ui'
import { plane } from '../drawings'
import type { Item, Refusal } from '../kept'
import { discard, send, sending, underway } from '../outbox'
import { Spoken } from '../Spoken'
import { t as own } from '../text'
import { Thumb } from '../Thumb'
import { rewrite, without } from './mend'
import { t } from './text'

/** The server's own words, or the phone's where no server was asked. */
const whyNot = ({ type, detail }: Refusal) => detail || (type === 'photo-lost' ? t.photoLost : t.tooLarge)
/** What can no longer be said of the report; as one of its own it can. */
const over = /^(cannot-reopen|report-not-asked|photos-closed|report-not-found)$/
const kilobytes = (bytes: number) => grouped(Math.round(bytes / 1000))

/** On this phone until the server has it: a report, or what is said of one. */
export default function Waiting({ of: one, children }: { of: Item; children: ComponentChildren }) {
  const { route } = useLocation()
  const all = one.photos.reduce((sum, shot) => sum + shot.bytes, 0)
  const { path = '', bytes = 0 } = underway.value ?? {}
  const now = path.includes(`${one.operation}/`) || one.photos.some(({ id }) => id && path.endsWith(id)) ? bytes : 0
  const done = Math.min(all, now + one.photos.reduce((sum, shot) => sum + (shot.kept ? shot.bytes : shot.sent ?? 0), 0))
  const refused = one.photos.filter(shot => shot.refusal)
  return (
    <section class="section">
      {one.stage === 'waiting' ? (
        <Note tone={sending.value ? 'good' : 'plain'} icon={plane} title={sending.value ? t.sending : t.waiting}>
          <p>{t.waitingText}</p>
          {all > 0 && (
            <p role="status">
              <progress value={done} max={all} aria-label={t.sending} /> {t.sent(kilobytes(done), kilobytes(all))}
            </p>
          )}
          <div class="buttons">
            <button class="button" type="button" disabled={sending.value} onClick={() => void send()}>
              {t.sendNow}
            </button>
          </div>
        </Note>
      ) : (
        one.refusal && (
          <Note tone="bad" title={t.refused}>
            <p>{whyNot(one.refusal)}</p>
            <div class="buttons">
              {one.about && over.test(one.refusal.type) ? (
                <button class="button main" type="button" onClick={() => void rewrite(one, true).then(now => route(`/reports/new/${now}`))}>
                  {t.anew}
                </button>
              ) : (
                <button class="button main" type="button" onClick={() => void rewrite(one).then(now => one.about || route(`/reports/new/${now}`, true))}>
                  {t.change}
                </button>
              )}
              <button class="button bare" type="button" onClick={() => void discard(one.operation).then(() => one.about || route('/reports', true))}>
                {own.discard}
              </button>
            </div>
          </Note>
        )
      )}
      {refused.map(shot => (
        <Note key={shot.number} tone="bad" title={t.photoRefused(own.photo(shot.number))}>
          <p>{whyNot(shot.refusal!)}</p>
          <button class="button" type="button" onClick={() => void without(one.operation, shot.number)}>
            {t.dropPhoto}
          </button>
        </Note>
      ))}
      {!one.accepted && (
        <>
          <Spoken of={one.body.text} />
          <ul class="shots">
            {one.photos.map(shot => (
              <li key={shot.number}>
                <Thumb operation={one.operation} number={shot.number} />
              </li>
            ))}
          </ul>
          {children}
        </>
      )}
    </section>
  )
}
