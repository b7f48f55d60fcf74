import { useSignal } from '@preact/signals'
import { stores } from '../core/stores'
import { useDeed } from './deed'
import { Said } from './ui'

type Words = Record<'tryOut' | 'tried' | 'noDevice' | 'turnOnHere' | 'notSaved', string>
type Props = { words: Words; settle?: (() => Promise<unknown>) | undefined; ring: (headers: { 'Device-Secret': string }, body: { device_id: string }) => Promise<unknown> }

/** Rings this very machine or phone, if it is one that can be rung, with what stands here: what is typed is saved before. */
export function TryOut({ words: t, settle, ring }: Props) {
  const { busy, said, run } = useDeed()
  const told = useSignal<'' | 'tried' | 'noDevice' | 'notSaved'>('')
  const go = () =>
    run(async () => {
      told.value = ''
      const me = await (await stores()).device.get()
      if (!me) return void (told.value = 'noDevice')
      if (settle && !(await settle())) return void (told.value = 'notSaved')
      await ring({ 'Device-Secret': me.secret }, { device_id: me.id })
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
