import { useAsk } from '../../../core/ask'
import { api, type Reply } from '../../../core/api'
import { useDeed } from '../../../core/deed'
import { language } from '../../../core/text'
import { fetchMine } from '../mine'
import { t } from './text'
import { type Said, why } from './why'

type One = Reply<'GET /api/dossiers/following'>['items'][number]

/** What somebody was invited to follow, or has asked for; what they follow stands among their dossiers. */
export default function Following() {
  const asked = useAsk(`following ${language.value}`, signal => api('GET /api/dossiers/following', {}, signal))
  const { busy, said, run } = useDeed<Said>(why, undefined)
  const open = asked.value?.items.filter(one => one.state !== 'following') ?? []
  if (!open.length) return null
  const then = async () => {
    asked.again()
    await fetchMine()
  }
  const accept = (one: One) => run(async () => (await api('POST /api/dossiers/following/{follower_id}/accept', { follower_id: one.id }), then()))
  const end = (one: One) => run(async () => (await api('POST /api/dossiers/following/{follower_id}/end', { follower_id: one.id }), then()))
  return (
    <section class="section">
      <h2>{t.section}</h2>
      {open.map(one => (
        <div key={one.id} class="card standing">
          <p class="strong">{one.state === 'asked' ? t.waits : one.way === 'paper' ? t.byPaper : t.invitedBy(one.by)}</p>
          <p class="hint">{one.code}</p>
          <div class="buttons">
            {one.state === 'invited' && (
              <button class="button main" type="button" disabled={busy.value} onClick={() => void accept(one)}>
                {t.accept}
              </button>
            )}
            <button class="button" type="button" disabled={busy.value} onClick={() => void end(one)}>
              {one.state === 'asked' ? t.cancel : t.decline}
            </button>
          </div>
        </div>
      ))}
      <p class="said" role="alert">
        {said.value?.()}
      </p>
    </section>
  )
}
