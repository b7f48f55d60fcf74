import { useSignal } from '@preact/signals'
import { useLocation, useRoute } from 'preact-iso'
import { useEffect } from 'preact/hooks'
import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { connected } from '../../../core/connection'
import { lazy, screen } from '../../../core/screen'
import { mark } from '../../../core/session'
import { language } from '../../../core/text'
import { Choices, Icon, Note, Page } from '../../../core/ui'
import { pin, target } from '../../../core/ui/icons'
import '../feedback.css'
import { type Body, draft, get, type Item } from '../kept'
import { blank, discard, owner, queue } from '../outbox'
import { t as own } from '../text'
import { Check } from './Check'
import { t as shots } from './shots/text'
import { t } from './text'

const Led = lazy(() => import('./Led'))
const Place = lazy(() => import('./Place'))
const Similar = lazy(() => import('./Similar'))
const Photos = screen(shots, () => import('./shots/Photos'))
/** Characters, as the server counts them. */
const LONGEST = 4000
type Position = 'asking' | 'refused' | 'failed' | undefined
type Around = { name: string; outside: boolean }

/** One report as it is written: every word and photo lies on the phone at once, whatever becomes of the line or the page. */
export default function Write() {
  const { operation = '' } = useRoute().params as { operation?: string }
  const item = useSignal<Item>()
  const { route } = useLocation()
  useEffect(() => {
    item.value = undefined
    void get(operation).then(one => {
      if (one && (one.stage !== 'draft' || (one.account && one.account !== owner()))) route(`/reports/${operation}`, true)
      else item.value = one ?? blank(operation)
    }, () => (item.value = blank(operation)))
  }, [operation])
  return (
    <Page title={t.write} back={['/reports', own.title]}>
      {item.value && <Form key={operation} first={item.value} />}
    </Page>
  )
}

function Form({ first }: { first: Item }) {
  const { operation } = first
  const { route } = useLocation()
  const item = useSignal(first)
  const said = useSignal('')
  const body = item.value.body
  const position = useSignal<Position>(undefined)
  const around = useSignal<Around>()
  const open = useSignal<'map' | 'commune'>()
  const similar = useSignal<Reply<'GET /api/feedback/similar'>['items']>()
  const sure = useSignal(false)
  const offer = useAsk(`report categories ${language.value}`, signal => api('GET /api/feedback/categories', {}, signal))

  /** True once it lies on the phone. */
  async function set(part: Partial<Body>) {
    item.value = { ...item.value, body: { ...item.value.body, ...part } }
    said.value = ''
    const kept = await draft(() => item.value).catch(() => void (said.value = t.noRoom))
    // What was sent from another tab meanwhile stays sent.
    if (kept === false) route(`/reports/${operation}`, true)
    return kept
  }

  const placed = (lat: number, lon: number, accuracy: number | null) => set({ lat, lon, accuracy_m: accuracy === null ? null : Math.round(accuracy), outside_meant: false })
  useEffect(() => {
    around.value = undefined
    if (body.lat !== null && body.lon !== null) import('./around').then(({ around: find }) => find(body.lat!, body.lon!, body.accuracy_m ?? 0)).then(it => (around.value = it), () => {})
  }, [body.lat, body.lon])

  function locate() {
    position.value = 'asking'
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        position.value = undefined
        void placed(coords.latitude, coords.longitude, coords.accuracy)
      },
      ({ code }) => (position.value = code === 1 ? 'refused' : 'failed'),
      { timeout: 15_000, maximumAge: 60_000, enableHighAccuracy: true },
    )
  }

  const lacks = () => {
    if ([...body.text].length > LONGEST) return t.tooLong
    if (!body.category) return t.needCategory
    if (!item.value.photos.some(one => one.number) && (body.text.match(/\p{L}/gu)?.length ?? 0) < 3) return t.needWords
    return around.value?.outside && body.lat !== null && !body.outside_meant ? t.needPlace : ''
  }

  async function go() {
    similar.value = undefined
    if (!(await set({}))) return
    if (await queue(operation).then(() => true, () => void (said.value = t.noRoom))) route(`/reports/${operation}`, true)
  }

  async function send() {
    said.value = lacks()
    if (said.value) return
    if (connected.value && body.lat !== null && body.lon !== null) {
      const found = await api('GET /api/feedback/similar', { category: body.category, lat: body.lat, lon: body.lon }, undefined, 4000).catch(() => undefined)
      if (found?.items.length) return void (similar.value = found.items)
    }
    await go()
  }

  return (
    <form class="form report" onSubmit={event => (event.preventDefault(), void send())}>
      <Photos item={item.value} change={photos => (item.value = { ...item.value, photos })} begin={() => set({})} said={said} place={placed} />
      <label class="field">
        <span class="strong">{t.what}</span>
        <textarea class="input" rows={4} placeholder={t.whatHint} value={body.text} onInput={event => void set({ text: event.currentTarget.value })} />
      </label>
      <Led text={body.text} />
      <label class="field">
        <span class="strong">{own.category}</span>
        <select class="input" value={body.category} onChange={event => void set({ category: event.currentTarget.value })}>
          <option value="">{t.chooseCategory}</option>
          {offer.value?.items.map(one => (
            <option key={one.slug} value={one.slug}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="field">
        <legend class="strong">{t.where}</legend>
        <p class="hint">{t.placeHint}</p>
        <div class="buttons">
          <button class="button" type="button" disabled={position.value === 'asking'} onClick={locate}>
            <Icon of={target} />
            {position.value === 'asking' ? t.locating : t.locate}
          </button>
          <button class="button" type="button" aria-expanded={open.value === 'map'} onClick={() => (open.value = open.value === 'map' ? undefined : 'map')}>
            <Icon of={pin} />
            {open.value === 'map' ? t.hideMap : t.onMap}
          </button>
        </div>
        <div role="status">
          {(position.value === 'refused' || position.value === 'failed') && <p class="said">{position.value === 'refused' ? t.locateRefused : t.locateFailed}</p>}
          {body.lat !== null && body.lon !== null && (
            <p class="placed">
              <Icon of={pin} />
              <span>
                <span class="strong" lang="vi">
                  {around.value?.name ?? t.placed}
                </span>
                <span class="hint block">
                  {body.lat.toFixed(5)}, {body.lon.toFixed(5)}
                  {body.accuracy_m !== null && `, ${t.exactly(body.accuracy_m)}`}
                </span>
              </span>
              <button class="button bare" type="button" onClick={() => void set({ lat: null, lon: null, accuracy_m: null })}>
                {t.clearPlace}
              </button>
            </p>
          )}
        </div>
        {around.value?.outside && body.lat !== null && (
          <Note tone="warn" title={t.outside}>
            <Check on={body.outside_meant} set={outside_meant => void set({ outside_meant })} label={t.outsideMeant} />
          </Note>
        )}
        <Place map={open.value === 'map'} at={body.lat === null ? undefined : [body.lat, body.lon!]} set={(lat, lon) => void placed(lat, lon, null)} commune={body.commune} choose={commune => void set({ commune })} />
      </fieldset>
      <Check on={body.urgent} set={urgent => void set({ urgent })} label={t.urgent} />
      {body.urgent && (
        <Note tone="bad">
          <p>
            {t.urgentHint} <a href="/emergency">{t.urgentCall}</a>
          </p>
        </Note>
      )}
      {mark.value?.id ? (
        <>
          <Choices
            legend={t.name}
            name="disclosure"
            value={body.disclosure}
            of={(['nobody', 'hub', 'handler'] as const).map(value => ({ value, label: t.names[value] }))}
            onChange={disclosure => void set({ disclosure })}
          />
          <p class="hint">{t.nameHint}</p>
        </>
      ) : (
        <p class="hint">
          {t.nameless} <a href={`/sign-in?next=/reports/new/${operation}`}>{own.toSignIn}</a>
        </p>
      )}
      <p class="said" role="alert">
        {said.value}
      </p>
      <div class="buttons">
        <button class="button main" type="submit">
          {connected.value ? t.send : t.sendOffline}
        </button>
        <button
          class="button bare"
          type="button"
          onClick={() => {
            if (!sure.value) return void (sure.value = true)
            void discard(operation).then(() => route('/reports', true))
          }}
        >
          {sure.value ? t.discardSure : own.discard}
        </button>
      </div>
      {similar.value && <Similar of={similar.value} operation={operation} leave={() => (similar.value = undefined)} send={() => void go()} />}
    </form>
  )
}
