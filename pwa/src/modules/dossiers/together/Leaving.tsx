import { useLocation } from 'preact-iso'
import { useAsk } from '../../../core/ask'
import { api } from '../../../core/api'
import { useDeed } from '../../../core/deed'
import { Note } from '../../../core/ui'
import { person } from '../../../core/ui/icons'
import { fetchMine } from '../mine'
import { t } from './text'
import { type Said, why } from './why'

/** Above a dossier that somebody follows: whose it is, and how to stop. */
export default function Leaving({ code }: { code: string }) {
  const { route } = useLocation()
  const asked = useAsk(`following ${code}`, signal => api('GET /api/dossiers/following', {}, signal))
  const { busy, said, run } = useDeed<Said>(why, undefined)
  const one = asked.value?.items.find(it => it.code === code && it.state === 'following')
  if (!one) return null
  const end = () =>
    run(async () => {
      await api('POST /api/dossiers/following/{follower_id}/end', { follower_id: one.id })
      await fetchMine()
      route('/dossiers', true)
    })
  return (
    <Note icon={person} title={t.of(one.by)}>
      <button class="button" type="button" disabled={busy.value} onClick={() => void end()}>
        {t.end}
      </button>
      <p class="said" role="alert">
        {said.value?.()}
      </p>
    </Note>
  )
}
