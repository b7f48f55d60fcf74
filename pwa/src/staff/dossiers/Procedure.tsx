import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, Problem, type Reply } from '../../core/api'
import { Field, Said } from '../ui'
import { why } from '../deed'
import type { Chosen } from './Limit'
import { t } from './text'

type Hit = Reply<'GET /api/catalogue/procedures'>['items'][number]
const PAUSE = 250
const MOST = 8

/** Which procedure: found as people say it, then shown with the way back. */
export function Procedure({ code, said, onFound, onChoose }: { code: string; said: string | undefined; onFound: (one: Chosen | undefined) => void; onChoose: (code: string) => void }) {
  const typed = useSignal('')
  const hits = useSignal<Hit[]>()
  const one = useSignal<Chosen>()
  const failed = useSignal('')
  const here = useRef<HTMLDivElement>(null)
  const pressed = useRef(false)
  const choose = (code: string) => {
    pressed.current = true
    onChoose(code)
  }
  // What was pressed is gone: the focus goes to what took its place.
  useEffect(() => {
    if (pressed.current) here.current?.querySelector<HTMLElement>('button, input')?.focus()
    pressed.current = false
  }, [code])
  useEffect(() => {
    one.value = undefined
    onFound(undefined)
    if (!code) return
    const stop = new AbortController()
    api('GET /api/catalogue/procedures/{code}', { code }, stop.signal).then(
      found => onFound((one.value = found)),
      cause => stop.signal.aborted || (failed.value = why(cause)),
    )
    return () => stop.abort()
  }, [code])
  useEffect(() => {
    const q = typed.value.trim()
    failed.value = ''
    if (q.length < 2) return void (hits.value = undefined)
    const stop = new AbortController()
    const later = setTimeout(() => {
      api('GET /api/catalogue/procedures', { q, limit: MOST }, stop.signal).then(
        page => (hits.value = page.items),
        (cause: Problem) => stop.signal.aborted || (failed.value = why(cause)),
      )
    }, PAUSE)
    return () => {
      clearTimeout(later)
      stop.abort()
    }
  }, [typed.value])
  if (code)
    return (
      <div class="next-act" ref={here}>
        <p>
          <strong lang="vi">{one.value?.title ?? code}</strong>
          <span class="hint mono">{code}</span>
          <Said text={said ?? failed.value} />
        </p>
        <button class="button" type="button" onClick={() => choose('')}>
          {t.change}
        </button>
      </div>
    )
  return (
    <div class="form" ref={here}>
      <Field label={t.chooseProcedure} hint={t.findProcedure} said={said}>
        {is => <input {...is} class="input" type="search" autocomplete="off" maxLength={200} value={typed.value} onInput={event => (typed.value = event.currentTarget.value)} />}
      </Field>
      <div role="status">
        {hits.value?.length === 0 && <p class="hint">{t.noProcedure}</p>}
        {hits.value && hits.value.length > 0 && (
          <ul class="rows quiet">
            {hits.value.map(hit => (
              <li key={hit.code}>
                <button class="row" type="button" onClick={() => ((typed.value = ''), choose(hit.code))}>
                  <span class="row-text">
                    <span class="row-title" lang="vi">
                      {hit.title}
                    </span>
                    <span class="hint mono">{hit.code}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Said text={failed.value} />
    </div>
  )
}
