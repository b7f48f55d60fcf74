import { useSignal } from '@preact/signals'
import { me } from '../../core/push'
import { useDeed } from '../deed'
import { Said } from '../ui'
import { t } from './text'

type Props = { settle?: (() => Promise<unknown>) | undefined; ring: (headers: { 'Device-Secret': string }, body: { device_id: string }) => Promise<unknown> }

/** Rings this very machine or phone, if it is one that can be rung, with what stands here: what is typed is saved before. */
export function TryOut({ settle, ring }: Props) {
  const { busy, said, run } = useDeed()
  const told = useSignal<'' | 'tried' | 'noDevice' | 'notSaved'>('')
  const go = () =>
    run(async () => {
      told.value = ''
      const known = await me()
      if (!known) return void (told.value = 'noDevice')
      if (settle && !(await settle())) return void (told.value = 'notSaved')
      await ring({ 'Device-Secret': known.secret }, { device_id: known.id })
      told.value = 'tried'
    })
  return (
    <div class="no-print">
      <button class="button" type="button" disabled={busy.value} onClick={() => void go()}>
        {t.tryOut}
      </button>
      <p class="hint" role="status">
        {told.value && t[told.value]} {told.value === 'noDevice' && <a href="/notifications">{t.turnOnHere}</a>}
      </p>
      <Said text={said.value} />
    </div>
  )
}
