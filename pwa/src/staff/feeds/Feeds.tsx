import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { language } from '../../core/text'
import { Await, Choices, Note } from '../../core/ui'
import { Sheet } from '../../core/ui/Sheet'
import { read } from '../access'
import { useDeed } from '../deed'
import { usePages } from '../pages'
import { moment } from '../times'
import { Facts, Field, Finish, Name, Nothing, Pages, Panel, Quote, Said, Screen } from '../ui'
import { t } from './text'

type Page = Reply<'GET /api/dossiers/feeds/refused'>
type Event = Page['items'][number]
type Which = keyof typeof t.lists

/** How the systems fare that we ask for dossiers, and what of theirs could not be taken. */
export default function Feeds() {
  const feeds = useAsk('feeds', signal => read('GET /api/dossiers/feeds', {}, signal))
  const which = useSignal<Which>('open')
  const list = usePages<Event>(`refused ${which.value} ${language.value}`, (cursor, signal) => read('GET /api/dossiers/feeds/refused', { settled: which.value === 'settled', limit: 50, cursor }, signal))
  const told = useSignal('')
  const aside = useSignal<Event>()
  const { busy, said, run } = useDeed()
  const then = (word: string) => {
    told.value = word
    feeds.again()
    list.again()
  }
  const again = (one: Event) =>
    run(async () => {
      told.value = ''
      await api('POST /api/dossiers/feeds/refused/{event_id}/retry', { event_id: one.id })
      then(t.taken)
    })
  return (
    <Screen title={t.title} lead={t.lead} narrow>
      <Await of={feeds}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t.none}>
              <p>{t.noneText}</p>
            </Nothing>
          ) : (
            <>
              {items.map(one => (
                <Panel key={one.name} title={one.name.toUpperCase()}>
                  <Note tone={one.trouble ? 'bad' : 'good'} title={one.trouble ? t.trouble(moment(one.trouble_since!)) : t.well}>
                    {one.trouble && <span lang="en">{one.trouble}</span>}
                  </Note>
                  <Facts
                    of={[
                      [t.asked, one.asked_at ? moment(one.asked_at) : t.never],
                      [t.answered, one.answered_at ? moment(one.answered_at) : t.never],
                      [t.caughtUp, one.caught_up_at ? moment(one.caught_up_at) : t.reading],
                      ...(one.position ? [[t.position, <span class="mono">{one.position}</span>] as [string, preact.ComponentChild]] : []),
                    ]}
                  />
                  {one.waiting > 0 && <p class="strong">{t.waiting(one.waiting)}</p>}
                </Panel>
              ))}
            </>
          )
        }
      </Await>
      <Choices legend={t.which} name="which" row value={which.value} onChange={next => (which.value = next)} of={(['open', 'settled'] as const).map(value => ({ value, label: t.lists[value] }))} />
      <p class="told" role="status">
        {told.value}
      </p>
      <Said text={said.value} />
      <Pages of={list} empty={<Nothing title={t.nothing[which.value]} />}>
        {items => (
            <Panel>
              <ul class="acts">
                {items.map(one => (
                  <li key={one.id}>
                    <p>
                      <strong class="mono">{one.event_id ?? t.unnamed}</strong>
                      <span class="hint block">
                        {one.says}
                        {one.field && ` (${t.field(one.field)})`} · {moment(one.at)}
                      </span>
                      {one.settled && one.settled_at && (
                        <span class="hint block">
                          {t.settled[one.settled]} · {moment(one.settled_at)}
                          {one.by && (
                            <>
                              {' · '}
                              <Name of={one.by} />
                            </>
                          )}
                        </span>
                      )}
                      {one.reason && <Quote of={one.reason} />}
                    </p>
                    {!one.settled && (
                      <div class="buttons">
                        {one.can_retry && (
                          <button class="button" type="button" disabled={busy.value} onClick={() => void again(one)}>
                            {t.again}
                          </button>
                        )}
                        <button class="button" type="button" disabled={busy.value} onClick={() => (aside.value = one)}>
                          {t.setAside}
                        </button>
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            </Panel>
        )}
      </Pages>
      {aside.value && (
        <Aside
          key={aside.value.id}
          one={aside.value}
          leave={() => (aside.value = undefined)}
          done={() => then(t.aside)}
        />
      )}
    </Screen>
  )
}

function Aside({ one, leave, done }: { one: Event; leave: () => void; done: () => void }) {
  const reason = useSignal('')
  const { busy, said, run } = useDeed()
  const save = (close: () => void) =>
    run(async () => {
      await api('POST /api/dossiers/feeds/refused/{event_id}/set-aside', { event_id: one.id, body: { reason: reason.value.trim() } })
      close()
      done()
    })
  return (
    <Sheet title={t.setAside} onClose={leave}>
      {close => (
        <form class="form" onSubmit={event => (event.preventDefault(), void save(close))}>
          <p class="mono">{one.event_id ?? t.unnamed}</p>
          <Field label={t.reason} hint={t.reasonHint}>
            {is => <textarea {...is} class="input" rows={3} maxLength={500} required value={reason.value} onInput={event => (reason.value = event.currentTarget.value)} />}
          </Field>
          <Said text={said.value} />
          <Finish busy={busy.value} label={t.setAside} leave={close} />
        </form>
      )}
    </Sheet>
  )
}
