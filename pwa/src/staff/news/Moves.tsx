import { useSignal } from '@preact/signals'
import { api, type Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { t as ringing } from '../ringing/text'
import { fromField, toField } from '../times'
import { Field, Finish, Said } from '../ui'
import type { Act, Desk, Settle } from './content'
import { t } from './text'

type Props = { of: Desk; done: (next: Desk) => void; settle?: Settle; refused?: () => void; again: () => void }
type Shown = keyof typeof t.acts
const reasoned: Act[] = ['return', 'correct', 'withdraw']
const firm: Act[] = ['submit', 'approve']

/** The steps that this person may take now. What is typed is saved before one is taken. */
export function Moves({ of: article, done, settle, refused, again }: Props) {
  const { busy, said, run } = useDeed()
  const asking = useSignal<Act>()
  const go = (act: Act, more: { reason?: string; publish_at?: string | null; count?: number | null }, close?: () => void) =>
    run(
      async () => {
        const saved = settle ? await settle() : article
        if (!saved) return void (said.value = ringing.notSaved)
        done(await api('POST /api/news/desk/{article_id}/acts', { article_id: article.id, headers: { 'If-Match': `"${saved.version}"` }, body: { act, reason: '', publish_at: null, count: null, ...more } }))
        close?.()
      },
      async ({ status, said }: Problem) => {
        if (said.type === 'article-incomplete') refused?.()
        if (status === 412) again()
        return said.type === 'article-incomplete' && !!refused && !!(await read('GET /api/news/desk/{article_id}', { article_id: article.id }, undefined).then(done, () => {}), true)
      },
    )
  const press = (act: Act) => (reasoned.includes(act) || act === 'approve' ? (asking.value = act) : void go(act, {}))
  return (
    <div>
      {!asking.value && <Said text={said.value} />}
      <div class="buttons">
        {article.acts.map(act => (
          <button key={act} class={firm.includes(act) ? 'button main' : act === 'withdraw' ? 'button bad' : 'button'} type="button" disabled={busy.value} onClick={() => press(act)}>
            {t.acts[act as Shown]}
          </button>
        ))}
        {settle && <Keep of={article} settle={settle} />}
      </div>
      {asking.value && (
        <Sheet title={t.acts[asking.value as Shown]} onClose={() => (asking.value = undefined)}>
          {close =>
            asking.value === 'approve' ? (
              <Approving of={article} busy={busy.value} said={said.value} close={close} go={more => void go('approve', more, close)} />
            ) : (
              <Reasoning act={asking.value!} busy={busy.value} said={said.value} close={close} go={reason => void go(asking.value!, { reason }, close)} />
            )
          }
        </Sheet>
      )}
    </div>
  )
}

function Reasoning({ act, busy, said, close, go }: { act: Act; busy: boolean; said: string; close: () => void; go: (reason: string) => void }) {
  const reason = useSignal('')
  return (
    <form class="form" onSubmit={event => (event.preventDefault(), go(reason.value.trim()))}>
      <Field label={t.reason} hint={t.reasonHints[act as keyof typeof t.reasonHints]}>
        {is => <textarea {...is} class="input" required maxLength={500} rows={3} value={reason.value} onInput={event => (reason.value = event.currentTarget.value)} />}
      </Field>
      <Said text={said} />
      <Finish busy={busy} label={t.acts[act as Shown]} leave={close} />
    </form>
  )
}

type Reach = Reply<'POST /api/news/desk/reach'>
/** When it goes out, and how many will be told: so many that it must be typed, where they are very many. */
function Approving({ of: article, busy, said, close, go }: { of: Desk; busy: boolean; said: string; close: () => void; go: (more: { publish_at: string | null; count: number | null }) => void }) {
  const later = useSignal('')
  const typed = useSignal('')
  const { sending } = article.content
  const asked = useAsk<Reach>(`reach ${JSON.stringify(sending)} ${article.id}`, signal => api('POST /api/news/desk/reach', { body: sending }, signal))
  const most = asked.value ? Math.max(asked.value.devices, asked.value.inboxes) : 0
  const mustType = !!asked.value?.typed && !article.told
  return (
    <form class="form" onSubmit={event => (event.preventDefault(), go({ publish_at: fromField(later.value), count: mustType ? Number(typed.value) : null }))}>
      <Field label={t.publishAt} hint={t.publishAtHint}>
        {is => <input {...is} class="input" type="datetime-local" min={toField(new Date().toISOString())} value={later.value} onInput={event => (later.value = event.currentTarget.value)} />}
      </Field>
      {article.retracted ? (
        <p>{t.toNobody}</p>
      ) : article.told ? (
        <p>{t.toThoseWhoHadIt}</p>
      ) : sending.channel === 'feed' ? (
        <p>{t.toFeedOnly}</p>
      ) : (
        asked.value && (
          <p class="count-line">
            {t.willReach}{' '}
            {sending.channel === 'push' && (
              <>
                <span class="big-number">{asked.value.devices}</span> {t.devices},{' '}
              </>
            )}
            <span class="big-number">{asked.value.inboxes}</span> {t.inboxes}
          </p>
        )
      )}
      {mustType && (
        <Field label={t.typeCount(String(most))} hint={t.typeCountHint}>
          {is => <input {...is} class="input" inputmode="numeric" required autocomplete="off" pattern={String(most)} value={typed.value} onInput={event => (typed.value = event.currentTarget.value.trim())} />}
        </Field>
      )}
      <Said text={said} />
      <Finish busy={busy} label={later.value ? t.schedule : t.acts.approve} leave={close} />
    </form>
  )
}

/** What is written here, to begin another one with. */
function Keep({ of: article, settle }: { of: Desk; settle: Settle }) {
  const open = useSignal(false)
  const name = useSignal('')
  const told = useSignal(false)
  const { busy, said, run } = useDeed()
  const put = (close: () => void) =>
    run(async () => {
      const saved = await settle()
      if (!saved) return void (said.value = ringing.notSaved)
      const { content } = saved
      await api('PUT /api/news/desk/templates', { body: { name: name.value.trim(), content: { ...content, starts_at: null, ends_at: null, expires_at: null } } })
      told.value = true
      close()
    })
  return (
    <>
      <button class="button bare" type="button" onClick={() => ((told.value = false), (name.value = article.content.vi.title.slice(0, 80)), (open.value = true))}>
        {t.keepTemplate}
      </button>
      <span role="status">{told.value && t.templateKept}</span>
      {open.value && (
        <Sheet title={t.keepTemplate} onClose={() => (open.value = false)}>
          {close => (
            <form class="form" onSubmit={event => (event.preventDefault(), void put(close))}>
              <Field label={t.templateName}>{is => <input {...is} class="input" required maxLength={80} value={name.value} onInput={event => (name.value = event.currentTarget.value)} />}</Field>
              <Said text={said.value} />
              <Finish busy={busy.value} label={t.keepTemplate} leave={close} />
            </form>
          )}
        </Sheet>
      )}
    </>
  )
}
