import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../../core/api'
import { changed, useAsk } from '../../../core/ask'
import { home as homeHere } from '../../../core/preferences'
import { me, pushState } from '../../../core/push'
import { resident } from '../../../core/session'
import { language } from '../../../core/text'
import { Await, Choices, Icon, Note, Page } from '../../../core/ui'
import { bell, check, close } from '../../../core/ui/icons'
import { useDeed } from '../../identity/deed'
import { Said } from '../../identity/Said'
import { PlaceField } from '../../places/PlaceField'
import { allUnits } from '../../places/units'
import './following.css'
import { t } from './text'

/** `news` is asked of a device alone, `home` known of an account alone. */
type Choice = { communes: string[]; topics: string[]; news?: boolean; home?: string | null }
type Account = Reply<'GET /api/notifications/following'>

export default function Following() {
  return (
    <Page title={t.title} back={['/notifications', t.back]}>
      <p>{t.lead}</p>
      {resident.value?.ends ? <Mine /> : <Here />}
    </Page>
  )
}

/** Somebody's own, on every device of theirs. */
function Mine() {
  const asked = useAsk('following', signal => api('GET /api/notifications/following', {}, signal))
  const elsewhere = useSignal(false)
  const save = async ({ communes, topics }: Choice, { version }: Account) =>
    changed('following', await api('PUT /api/notifications/following', { headers: { 'If-Match': `"${version}"` }, body: { communes, topics } }))
  return (
    <>
      {elsewhere.value && <Note tone="warn">{t.elsewhere}</Note>}
      <Await of={asked}>{given => <Form key={given.version} given={given} save={save} stale={() => ((elsewhere.value = true), asked.again())} />}</Await>
    </>
  )
}

/** This browser's, without an account. */
function Here() {
  const asked = useAsk('following here', async signal => {
    const known = (await pushState()) === 'on' && (await me())
    if (!known) return null
    const address = { device_id: known.id, headers: { 'Device-Secret': known.secret } }
    return { address, ...(await api('GET /api/notifications/devices/{device_id}/following', address, signal)) }
  })
  return (
    <Await of={asked}>
      {given =>
        given ? (
          <>
            <p class="hint">{t.where}</p>
            <Form
              given={given}
              save={async ({ communes, topics, news }, { address }) => ({
                address,
                ...(await api('PUT /api/notifications/devices/{device_id}/following', { ...address, body: { communes, topics, news: !!news } })),
              })}
              stale={asked.again}
            />
          </>
        ) : (
          <Note icon={bell} title={t.offTitle}>
            <p>{t.offText}</p>
            <div class="buttons">
              <a class="button" href="/notifications">
                {t.turnOn}
              </a>
              <a class="button" href="/sign-in?next=/notifications/following">
                {t.signIn}
              </a>
            </div>
          </Note>
        )
      }
    </Await>
  )
}

type Props<C extends Choice> = { given: C; save: (next: Choice, now: C) => Promise<C>; stale: () => void }
/** Each choice is kept as soon as it is made. */
function Form<C extends Choice>({ given, save, stale }: Props<C>) {
  const now = useSignal(given)
  const saved = useSignal(false)
  const { busy, said, run } = useDeed()
  const units = useAsk('units', allUnits).value ?? []
  const topics = useAsk(`topics ${language.value}`, signal => api('GET /api/notifications/topics', {}, signal)).value?.items ?? []

  async function choose(part: Partial<Choice>) {
    const before = now.value
    now.value = { ...before, ...part }
    saved.value = false
    const done = await run(
      async () => (now.value = await save({ ...before, ...part }, before)),
      problem => {
        if (problem.status === 412) stale()
        return problem.status === 412
      },
    )
    saved.value = done
    if (!done) now.value = before
  }
  const toggle = (codes: string[], code: string, on: boolean) => (on ? [...codes, code] : codes.filter(one => one !== code))
  const { communes, news, home } = now.value
  const name = (code: string) => units.find(one => one.code === code)?.name ?? code
  return (
    <>
      <section class="section">
        <h2>{t.communes}</h2>
        <ul class="followed">
          {home && (
            <li>
              <span lang="vi">{name(home)}</span> <span class="hint">({t.home})</span>
            </li>
          )}
          {communes
            .filter(code => code !== home)
            .map(code => (
              <li key={code}>
                <span lang="vi">{name(code)}</span>
                <button class="button bare" type="button" disabled={busy.value} aria-label={t.remove(name(code))} onClick={() => void choose({ communes: toggle(communes, code, false) })}>
                  <Icon of={close} />
                </button>
              </li>
            ))}
        </ul>
        {!home && !communes.length && <p class="hint">{t.none}</p>}
        <PlaceField
          label={t.add}
          words={t}
          places={units.filter(one => one.code !== home && !communes.includes(one.code))}
          value={null}
          onChange={code => code && void choose({ communes: toggle(communes, code, true) })}
          first={homeHere.value?.code}
        />
      </section>

      <fieldset class="choices section">
        <legend>{t.topics}</legend>
        {topics.map(one => (
          <label key={one.code} class="choice">
            <input type="checkbox" checked={now.value.topics.includes(one.code)} onChange={event => void choose({ topics: toggle(now.value.topics, one.code, event.currentTarget.checked) })} />
            <span>{one.name}</span>
          </label>
        ))}
      </fieldset>

      {news !== undefined && (
        <Choices
          legend={t.rings}
          name="rings"
          value={news ? 'all' : 'warnings'}
          onChange={next => void choose({ news: next === 'all' })}
          of={[
            { value: 'all', label: t.all },
            { value: 'warnings', label: t.warnings },
          ]}
        />
      )}

      <div role="status">
        {saved.value && !busy.value && (
          <Note tone="good" icon={check}>
            {t.saved}
          </Note>
        )}
      </div>
      <Said text={said.value?.()} />
    </>
  )
}
