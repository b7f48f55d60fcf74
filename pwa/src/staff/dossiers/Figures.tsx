import { useLocation } from 'preact-iso'
import { useAsk } from '../../core/ask'
import { language } from '../../core/text'
import { Await } from '../../core/ui'
import { read } from '../access'
import { Field, Nothing, Panel, Screen } from '../ui'
import './dossiers.css'
import { t } from './text'

/** The province's own month. */
const thisMonth = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 7)

/** How the unit did in a month; what each figure counts is one press away. */
export default function Figures() {
  const { query, route } = useLocation()
  const month = /^\d{4}-\d\d$/.test(query.month ?? '') ? query.month! : thisMonth()
  const asked = useAsk(`figures ${month} ${language.value}`, signal => read('GET /api/dossiers/desk/figures', { month }, signal))
  return (
    <Screen title={t.figures} lead={t.figuresLead} narrow>
      <Field label={t.month}>{is => <input {...is} class="input month" type="month" max={thisMonth()} value={month} onChange={event => event.currentTarget.value && route(`/staff/figures?month=${event.currentTarget.value}`, true)} />}</Field>
      <Await of={asked} rows={5}>
        {({ unit, received, ended, items }) =>
          received === 0 ? (
            <Nothing title={t.noFigures}>
              <p lang="vi">{unit}</p>
            </Nothing>
          ) : (
            <Panel title={unit} lang="vi">
              <p class="count-line">
                <span class="big-number">{received}</span> {t.figuresReceived} · {t.figuresEnded(ended)}
              </p>
              <ul class="figures">
                {items.map(({ kind, name, definition, count, of, percent }) => (
                  <li key={kind}>
                    <div class="line">
                      <strong>{name}</strong>
                      <span class="big-number">{kind === 'asked-twice' ? count : `${percent ?? 0} %`}</span>
                    </div>
                    {kind !== 'asked-twice' && <progress value={count} max={of} aria-label={name} />}
                    <details class="more-quiet">
                      <summary>{t.howCounted(name)}</summary>
                      <p class="hint">{definition}</p>
                      <p class="hint">{t.figuresOf(count, of)}</p>
                    </details>
                  </li>
                ))}
              </ul>
            </Panel>
          )
        }
      </Await>
    </Screen>
  )
}
