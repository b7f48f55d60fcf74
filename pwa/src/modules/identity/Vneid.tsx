import { useSignal } from '@preact/signals'
import { api, Problem } from '../../core/api'
import { Icon } from '../../core/ui'
import { shield } from '../../core/ui/icons'
import { Said } from './Said'
import { t } from './text'

/** Over to VNeID, and back to `next`. When it does not answer, the other way is said and stays where it is. */
export function Vneid({ next, shared, label }: { next: string; shared: boolean; label: string }) {
  const busy = useSignal(false)
  const said = useSignal('')
  async function leave() {
    busy.value = true
    said.value = ''
    try {
      const { url } = await api('POST /api/identity/vneid', { body: { next: `/sign-in?done=1&next=${encodeURIComponent(next)}`, shared } })
      location.assign(url)
    } catch (cause) {
      busy.value = false
      said.value = cause instanceof Problem && cause.offline ? t.noLine : t.vneidAway
    }
  }
  return (
    <div class="steps">
      <button class="button full" type="button" disabled={busy.value} onClick={() => void leave()}>
        <Icon of={shield} />
        {busy.value ? t.opening : label}
      </button>
      <Said text={said.value} />
    </div>
  )
}
