import { useSignal } from '@preact/signals'
import { useAsk } from '../../core/ask'
import { api } from '../../core/api'
import { useLater } from '../../core/later'
import { plain } from '../../core/plain'
import { language } from '../../core/text'
import { Choices, Icon, More, Note } from '../../core/ui'
import { close } from '../../core/ui/icons'
import { PlaceField } from '../../modules/places/PlaceField'
import { useWorkplaces } from '../places'
import { t as staff } from '../text'
import { fromField, toField } from '../times'
import { Field, Said } from '../ui'
import { type Content, type Desk, type Lack } from './content'
import { lackOf } from './lacks'
import { t } from './text'

type Props = { of: Content; gone: Desk['gone']; lacks: Lack[]; change: (part: Partial<Content>) => void }
const categories = ['announcement', 'news', 'event', 'guide'] as const
const finding = () => import('./Procedures')
const filing = () => import('./Files')

/** Everything beside the text: what it is about, where, when, by whom, and whom it is told to. */
export function Details({ of, gone, lacks, change }: Props) {
  const { sending } = of
  const found = useLater(finding)
  const files = useLater(filing)
  return (
    <>
      <Choices legend={t.fields.category} name="category" row value={of.category} onChange={category => change({ category })} of={categories.map(value => ({ value, label: t.categories[value] }))} />
      <div class="pair">
        <Field label={t.fields.source} hint={t.sourceHint} said={lackOf(lacks, 'source')}>
          {is => <input {...is} class="input" maxLength={200} value={of.source} onInput={event => change({ source: plain(event.currentTarget.value) })} />}
        </Field>
        <SourceLink value={of.source_link} onChange={source_link => change({ source_link })} />
      </div>
      <Topics label={t.fields.topics} chosen={of.topics} said={lackOf(lacks, 'topics')} onChange={topics => change({ topics })} />
      <Communes label={t.fields.communes} hint={t.communesHint} gone={gone} chosen={of.communes} said={lackOf(lacks, 'communes')} onChange={communes => change({ communes })} />
      <More title={t.dates} open={!!(of.starts_at || of.ends_at || of.expires_at) || undefined}>
        <div class="pair">
          <When label={t.fields.starts_at} value={of.starts_at} onChange={starts_at => change({ starts_at })} />
          <When label={t.fields.ends_at} value={of.ends_at} said={lackOf(lacks, 'ends_at')} onChange={ends_at => change({ ends_at })} />
        </div>
        <When label={t.fields.expires_at} hint={t.expiresHint} value={of.expires_at} said={lackOf(lacks, 'expires_at')} onChange={expires_at => change({ expires_at })} />
      </More>
      <More title={t.pictureAndFiles} open={!!of.cover || of.attachments.length > 0 || undefined}>
        {files && <files.Cover of={of} said={lackOf(lacks, 'cover')} change={change} />}
        {files && <files.Attachments of={of} said={lackOf(lacks, 'attachments')} change={change} />}
      </More>
      <More title={t.fields.procedures} open={of.procedures.length > 0 || undefined}>
        {found && <found.FindProcedure chosen={of.procedures} said={lackOf(lacks, 'procedures')} onChange={procedures => change({ procedures })} />}
      </More>
      <More title={t.telling} open={sending.channel !== 'feed' || undefined}>
        <Choices legend={t.channel} name="channel" value={sending.channel} onChange={channel => change({ sending: { ...sending, channel } })} of={(['feed', 'inbox', 'push'] as const).map(value => ({ value, label: t.channels[value] }))} />
        {sending.channel !== 'feed' && (
          <>
            <Communes label={t.audienceCommunes} hint={t.audienceHint} gone={gone} chosen={sending.communes} said={lackOf(lacks, 'sending')} onChange={communes => change({ sending: { ...sending, communes } })} />
            <Topics label={t.audienceTopics} chosen={sending.topics} onChange={topics => change({ sending: { ...sending, topics } })} />
            <div class="buttons">
              <button class="button" type="button" onClick={() => change({ sending: { ...sending, communes: of.communes, topics: of.topics } })}>
                {t.sameAsArticle}
              </button>
            </div>
            {sending.channel === 'push' && (
              <Field label={t.pace} hint={t.paceHint}>
                {is => (
                  <select {...is} class="input" value={String(sending.pace ?? '')} onChange={event => change({ sending: { ...sending, pace: Number(event.currentTarget.value) || null } })}>
                    {['', '600', '6000', '60000'].map(one => (
                      <option key={one} value={one}>
                        {one ? t.perMinute(one) : t.fullSpeed}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
            )}
            <Reach of={sending} />
          </>
        )}
      </More>
    </>
  )
}

/** Whom it would reach now. */
function Reach({ of }: { of: Content['sending'] }) {
  const asked = useAsk(`reach ${JSON.stringify(of)}`, signal => api('POST /api/news/desk/reach', { body: of }, signal))
  if (!asked.value) return null
  const { devices, inboxes } = asked.value
  return (
    <p class="count-line" role="status">
      {of.channel === 'push' && (
        <>
          <span class="big-number">{devices}</span> {t.devices} ·{' '}
        </>
      )}
      <span class="big-number">{inboxes}</span> {t.inboxes}
    </p>
  )
}

/** Only a whole address goes to the server; half of one stays here until it is whole. */
function SourceLink({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const typed = useSignal(value)
  const good = (text: string) => /^(https:\/\/[^\s]+\.[^\s]+)?$/.test(text)
  return (
    <Field label={t.fields.source_link} hint={t.sourceLinkHint} said={good(typed.value) ? undefined : t.linkWrong}>
      {is => (
        <input
          {...is}
          class="input"
          type="url"
          maxLength={500}
          placeholder="https://"
          value={typed.value}
          onInput={event => {
            typed.value = plain(event.currentTarget.value).trim()
            if (good(typed.value)) onChange(typed.value)
          }}
        />
      )}
    </Field>
  )
}

const When = ({ label, hint, value, said, onChange }: { label: string; hint?: string; value: string | null; said?: string | undefined; onChange: (value: string | null) => void }) => (
  <Field label={label} hint={hint} said={said}>
    {is => <input {...is} class="input" type="datetime-local" value={toField(value)} onChange={event => onChange(fromField(event.currentTarget.value))} />}
  </Field>
)

function Topics({ label, chosen, said, onChange }: { label: string; chosen: string[]; said?: string | undefined; onChange: (codes: string[]) => void }) {
  const all = useAsk(`topics ${language.value}`, signal => api('GET /api/notifications/topics', {}, signal)).value?.items ?? []
  return (
    <fieldset class="choices in-row">
      <legend>{label}</legend>
      {all.map(({ code, name }) => (
        <label key={code} class="choice">
          <input type="checkbox" checked={chosen.includes(code)} disabled={chosen.length >= 6 && !chosen.includes(code)} onChange={() => onChange(chosen.includes(code) ? chosen.filter(one => one !== code) : [...chosen, code])} />
          <span>{name}</span>
        </label>
      ))}
      <Said text={said ?? ''} />
    </fieldset>
  )
}

function Communes({ label, hint, gone, chosen, said, onChange }: { label: string; hint: string; gone: Desk['gone']; chosen: string[]; said?: string | undefined; onChange: (codes: string[]) => void }) {
  const { all, name } = useWorkplaces()
  const without = (code: string) => chosen.filter(one => one !== code)
  return (
    <div class="field">
      <PlaceField
        label={label}
        words={{ choose: chosen.length ? t.addCommune : t.wholeProvince, search: t.findCommune, found: staff.foundPlaces, foundNone: staff.foundNone, formerly: staff.formerly, cancel: t.cancel }}
        places={all.filter(one => !one.office && !chosen.includes(one.code))}
        value={null}
        onChange={code => code && onChange([...chosen, code])}
        said={said}
      />
      <p class="hint">{hint}</p>
      {chosen.length > 0 && (
        <ul class="chips">
          {chosen.map(code => (
            <li key={code}>
              <button class="button" type="button" onClick={() => onChange(without(code))} aria-label={t.takeAway(name(code))}>
                <span lang="vi">{gone.find(one => one.code === code)?.name ?? name(code)}</span>
                <Icon of={close} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {gone
        .filter(one => chosen.includes(one.code))
        .map(one => (
          <Note key={one.code} tone="warn" title={t.goneCommune(one.name)}>
            <div class="buttons">
              {one.successors.map(to => (
                <button key={to.code} class="button" type="button" onClick={() => onChange([...new Set([...without(one.code), to.code])])}>
                  {t.insteadOf} <span lang="vi">{to.name}</span>
                </button>
              ))}
            </div>
          </Note>
        ))}
    </div>
  )
}
