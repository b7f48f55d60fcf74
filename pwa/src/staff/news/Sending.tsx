import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { grouped } from '../../core/text'
import { Await } from '../../core/ui'
import { may, read } from '../access'
import { useDeed } from '../deed'
import { Waits } from '../ringing/Waits'
import { Panel, Said } from '../ui'
import type { Desk } from './content'
import { t } from './text'

type Progress = Reply<'GET /api/news/desk/{article_id}/sending'>
const LOOK = 3000

/** How far it is: numbers that add up, how many phones have shown it, and the brake. */
export default function Sending({ of: article }: { of: Desk }) {
  const asked = useAsk<Progress>(`sending ${article.id} ${article.revision}`, signal => read('GET /api/news/desk/{article_id}/sending', { article_id: article.id }, signal))
  const newer = useSignal<Progress>()
  const { busy, said, run } = useDeed()
  const now = newer.value ?? asked.value
  const over = !now || now.over || now.state === 'cancelled' || now.state === 'withdrawn'
  useEffect(() => {
    if (over) return
    const every = setInterval(() => document.hidden || void read('GET /api/news/desk/{article_id}/sending', { article_id: article.id }, undefined).then(it => (newer.value = it), () => {}), LOOK)
    return () => clearInterval(every)
  }, [over])
  const drive = (what: 'pause' | 'resume' | 'cancel') =>
    run(async () => {
      newer.value = await api('POST /api/news/desk/{article_id}/sending', { article_id: article.id, body: { do: what } })
    })
  return (
    <Panel title={t.sending}>
      <Await of={{ ...asked, value: now! }} rows={2}>
        {it => (
          <>
            <p>
              <span class={it.state === 'paused' ? 'tag warn' : 'tag'}>{it.over ? t.sendingOver : t.sendingStates[it.state as keyof typeof t.sendingStates]}</span>{' '}
              {!it.counted && t.stillCounting}
            </p>
            {it.due > 0 && <progress class="progress" max={it.due} value={it.due - it.waiting} aria-label={t.sending} />}
            <dl class="numbers">
              {(['due', 'sent', 'waiting', 'failed', 'gone'] as const).map(name => (
                <div key={name}>
                  <dt>{t.numbers[name]}</dt>
                  <dd>{grouped(it[name])}</dd>
                </div>
              ))}
            </dl>
            <Waits of={it.waits} next={it.next_at} />
            <p>
              <strong>{t.seen(grouped(it.shown), grouped(it.sent))}</strong> · {t.opened(grouped(it.opened))} · {t.read(grouped(it.read))}
            </p>
            <p class="hint">{t.nobodyKnown}</p>
            <Said text={said.value} />
            {may('news:review') && !it.over && (
              <div class="buttons">
                {it.state === 'running' && (
                  <button class="button" type="button" disabled={busy.value} onClick={() => void drive('pause')}>
                    {t.pause}
                  </button>
                )}
                {it.state === 'paused' && (
                  <button class="button main" type="button" disabled={busy.value} onClick={() => void drive('resume')}>
                    {t.resume}
                  </button>
                )}
                {(it.state === 'running' || it.state === 'paused') && (
                  <button class="button bad" type="button" disabled={busy.value} onClick={() => confirm(t.cancelSure) && void drive('cancel')}>
                    {t.stop}
                  </button>
                )}
              </div>
            )}
          </>
        )}
      </Await>
    </Panel>
  )
}
