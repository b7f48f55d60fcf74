import { useLocation } from 'preact-iso'
import { api } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { moment } from '../../../core/moment'
import { mark } from '../../../core/session'
import { language } from '../../../core/text'
import { Failed, Note, Page, Skeleton } from '../../../core/ui'
import { useDeed } from '../deed'
import '../feedback.css'
import { Shots } from '../Shots'
import { Spoken } from '../Spoken'
import { t as own } from '../text'
import { Timeline } from '../Timeline'
import { tone } from '../tone'
import { t } from './text'

/** One report as everybody may see it. */
export default function Seen({ id }: { id: string }) {
  const { route } = useLocation()
  const { busy, said, run } = useDeed()
  const asked = useAsk(`public ${id} ${language.value}`, signal => api('GET /api/feedback/public/{report_id}', { report_id: id }, signal))
  const one = asked.value
  const here = `/api/feedback/public/${id}`
  const follow = () =>
    run(async () => {
      await api('PUT /api/feedback/follows/{report_id}', { report_id: id })
      route(`/reports/${id}`)
    })
  return (
    <Page title={one?.category_name ?? t.title} back={['/reports/public', t.title]}>
      {!one ? (
        asked.failed?.status === 404 ? <Note>{t.gone}</Note> : asked.failed ? <Failed problem={asked.failed} again={asked.again} /> : <Skeleton rows={4} />
      ) : (
        <>
          <section class="section">
            <p>
              <span class={`tag${tone(one)}`}>{one.state_name}</span> {one.urgent && <span class="tag bad">{t.urgent}</span>} {one.reopened > 0 && <span class="tag warn">{t.reopened(one.reopened)}</span>}
            </p>
            {one.text && <Spoken of={one.text} />}
            {one.photos.length > 0 && <Shots of={here} numbers={one.photos} />}
            <dl class="pairs">
              <dt>{t.arrived}</dt>
              <dd>{moment(one.arrived_at)}</dd>
              {one.closed_at && (
                <>
                  <dt>{t.closed}</dt>
                  <dd>{moment(one.closed_at)}</dd>
                </>
              )}
              {(one.commune_name || one.lat !== null) && (
                <>
                  <dt>{t.place}</dt>
                  <dd>
                    <span lang="vi">{one.commune_name}</span>
                    {one.lat !== null && ` (${t.about} ${one.lat.toFixed(3)}, ${one.lon!.toFixed(3)})`}
                  </dd>
                </>
              )}
              {one.unit && (
                <>
                  <dt>{t.unit}</dt>
                  <dd lang="vi">{one.unit}</dd>
                </>
              )}
            </dl>
            {one.followers > 0 && <p class="hint">{own.alsoSeen(one.followers)}</p>}
            <p class="said" role="alert">
              {said.value}
            </p>
            {mark.value?.id ? (
              <button class="button" type="button" disabled={busy.value} onClick={() => void follow()}>
                {t.meToo}
              </button>
            ) : (
              <a class="button" href={`/sign-in?next=/reports/public/${one.id}`}>
                {t.meTooSignIn}
              </a>
            )}
          </section>
          <Timeline of={here} title={t.timeline} steps={one.steps} />
        </>
      )}
    </Page>
  )
}
