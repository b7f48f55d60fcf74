import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { api, type Problem } from '../../core/api'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { Finish, Said } from '../ui'
import type { Whole } from './Report'
import { t } from './text'

type Area = Whole['pictures'][number]['areas'][number]
const MOST = 40
/** Smaller is a slip of the hand; in hundredths of the photo. */
const LEAST = 1
const within = (value: number, most: number) => Math.min(Math.max(value, 0), most)

/** Faces and plates are covered before anybody else sees a photo: by drawing over them, or by keys. What is covered the server drops. */
export default function Show({ one, number, done, leave }: { one: Whole; number: number; done: (now: Whole) => void; leave: () => void }) {
  const areas = useSignal<Area[]>(one.pictures.find(it => it.number === number)?.areas ?? [])
  const drawing = useSignal<Area>()
  const from = useRef<{ x: number; y: number } | undefined>(undefined)
  const list = useRef<HTMLDivElement>(null)
  const { busy, said, run } = useDeed()

  const at = ({ clientX, clientY, currentTarget }: PointerEvent) => {
    const { left, top, width, height } = (currentTarget as HTMLElement).getBoundingClientRect()
    return { x: within(((clientX - left) / width) * 100, 100), y: within(((clientY - top) / height) * 100, 100) }
  }
  const spanned = (a: { x: number; y: number }, b: { x: number; y: number }): Area => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) })
  function add(area: Area) {
    if (areas.value.length < MOST && area.width >= LEAST && area.height >= LEAST) areas.value = [...areas.value, area]
  }
  const change = (index: number, area: Area | undefined) => (areas.value = areas.value.flatMap((it, i) => (i !== index ? [it] : area ? [area] : [])))
  function byKey(event: KeyboardEvent, index: number) {
    const it = areas.value[index]!
    const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key]
    if (event.key === 'Delete' || event.key === 'Backspace') change(index, undefined)
    else if (step && event.shiftKey) change(index, { ...it, width: Math.min(Math.max(it.width + step[0]!, 2), 100 - it.x), height: Math.min(Math.max(it.height + step[1]!, 2), 100 - it.y) })
    else if (step) change(index, { ...it, x: within(it.x + step[0]!, 100 - it.width), y: within(it.y + step[1]!, 100 - it.height) })
    else return
    event.preventDefault()
  }
  /** A colleague was quicker: nothing that either has covered is seen, and what is there now is said before it goes out. */
  async function join({ status }: Problem) {
    if (status !== 412) return false
    const now = await read('GET /api/feedback/desk/{report_id}', { report_id: one.id }).catch(() => undefined)
    if (!now) return false
    const theirs = now.pictures.find(it => it.number === number)?.areas ?? []
    areas.value = [...new Map([...theirs, ...areas.value].map(it => [JSON.stringify(it), it])).values()].slice(0, MOST)
    done(now)
    return false
  }
  const send = (close: () => void) =>
    run(async () => {
      done(await api('PUT /api/feedback/desk/{report_id}/photos/{number}/shown', { report_id: one.id, number, headers: { 'If-Match': `"${one.version}"` }, body: { shown: true, areas: areas.value } }))
      close()
    }, join)
  const place = ({ x, y, width, height }: Area) => ({ left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` })

  return (
    <Sheet title={t.show} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void send(close))}>
          <p class="hint">{t.coverHint}</p>
          <div
            class="cover"
            ref={list}
            onPointerDown={event => {
              if (event.target instanceof HTMLButtonElement) return
              event.currentTarget.setPointerCapture(event.pointerId)
              from.current = at(event)
            }}
            onPointerMove={event => from.current && (drawing.value = spanned(from.current, at(event)))}
            onPointerUp={() => {
              if (drawing.value) add(drawing.value)
              from.current = drawing.value = undefined
            }}
            onPointerCancel={() => (from.current = drawing.value = undefined)}
          >
            <img src={`/api/feedback/desk/${one.id}/photos/${number}`} alt={t.photo(number)} draggable={false} />
            {areas.value.map((it, index) => (
              <button key={index} type="button" style={place(it)} aria-label={t.covered(index + 1)} aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown Delete" onKeyDown={event => byKey(event, index)} />
            ))}
            {drawing.value && <span style={place(drawing.value)} />}
          </div>
          <div class="buttons">
            <button
              class="button"
              type="button"
              disabled={areas.value.length >= MOST}
              onClick={() => {
                add({ x: 40, y: 40, width: 20, height: 20 })
                requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('button:last-of-type')?.focus())
              }}
            >
              {t.cover}
            </button>
            <button class="button" type="button" disabled={!areas.value.length} onClick={() => (areas.value = areas.value.slice(0, -1))}>
              {t.uncover}
            </button>
          </div>
          <p role="status">{t.coveredParts(areas.value.length)}</p>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.show} leave={close} />
        </form>
      )}
    </Sheet>
  )
}
