import { useSignal } from '@preact/signals'
import { useLocation } from 'preact-iso'
import { api, Problem, type Reply } from '../../../core/api'
import { moment } from '../../../core/moment'
import { mark } from '../../../core/session'
import { Sheet } from '../../../core/ui/Sheet'
import { discard } from '../outbox'
import { t as own } from '../text'
import { t } from './text'

type Props = { of: Reply<'GET /api/feedback/similar'>['items']; operation: string; leave: () => void; send: () => void }
/** Perhaps it was reported already: whoever sees the same follows, and files nothing. */
export default function Similar({ of, operation, leave, send }: Props) {
  const { route } = useLocation()
  const said = useSignal('')
  const followed = useSignal('')
  async function follow(report_id: string) {
    try {
      await api('PUT /api/feedback/follows/{report_id}', { report_id })
      said.value = ''
      followed.value = report_id
    } catch (cause) {
      said.value = (cause instanceof Problem && cause.said.detail) || own.failed
    }
  }
  const go = () => route(`/reports/${followed.value}`, true)
  // What somebody has written and photographed is theirs to throw away.
  if (followed.value)
    return (
      <Sheet key="followed" title={t.meToo} onClose={go}>
        {close => (
          <>
            <p role="status">{t.followedNow}</p>
            <div class="buttons">
              <button class="button main" type="button" onClick={close}>
                {t.keepDraft}
              </button>
              <button class="button bare" type="button" onClick={() => void discard(operation).then(close)}>
                {own.discard}
              </button>
            </div>
          </>
        )}
      </Sheet>
    )
  return (
    <Sheet key="similar" title={t.similar} onClose={leave}>
      {close => (
        <>
          <p>{t.similarText}</p>
          <ul class="rows similar">
            {of.map(one => (
              <li key={one.id} class="row">
                {one.photo && <img class="shot" src={`/api/feedback/similar/${one.id}/photo`} alt="" />}
                <span class="row-text">
                  <span class="row-title">{one.state_name}</span>
                  <span class="hint">
                    {t.away(one.distance_m)} · {moment(one.arrived_at)}
                    {one.followers > 0 && ` · ${own.alsoSeen(one.followers)}`}
                  </span>
                  {mark.value?.id ? (
                    <button class="button" type="button" onClick={() => void follow(one.id)}>
                      {t.meToo}
                    </button>
                  ) : (
                    <a href={`/sign-in?next=/reports/new/${operation}`}>{t.meTooSignIn}</a>
                  )}
                </span>
              </li>
            ))}
          </ul>
          <p class="said" role="alert">
            {said.value}
          </p>
          <div class="buttons">
            <button
              class="button main"
              type="button"
              onClick={() => {
                close()
                send()
              }}
            >
              {t.sendAnyway}
            </button>
            <button class="button bare" type="button" onClick={close}>
              {t.cancel}
            </button>
          </div>
        </>
      )}
    </Sheet>
  )
}
