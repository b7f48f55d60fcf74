import { api, type Reply } from '../../../core/api'
import { useAsk } from '../../../core/ask'
import { grouped, language } from '../../../core/text'
import { moment } from '../../../core/moment'
import { Await, More, Note, Page } from '../../../core/ui'
import './public.css'
import { t } from './text'

type Told = Reply<'GET /api/feedback/public/figures'>
type Figures = NonNullable<Told['all']>

/** What became of the reports of a year, and exactly what each figure counts. */
export default function PublicFigures() {
  const asked = useAsk(`public figures ${language.value}`, signal => api('GET /api/feedback/public/figures', {}, signal))
  return (
    <Page title={t.figures} back={['/reports/public', t.title]}>
      <Await of={asked}>
        {told =>
          !told.all || !told.since || !told.until ? (
            <Note>{t.notCounted}</Note>
          ) : (
            <>
              <p class="hint">{t.counted(moment(told.since), moment(told.until))}</p>
              <dl class="figures">
                {told.meanings.map(({ figure, name, meaning }) => (
                  <div key={figure}>
                    <dt>{name}</dt>
                    <dd>
                      <strong>{shown(told.all!, figure as keyof Figures)}</strong>
                      <span class="hint">{meaning}</span>
                    </dd>
                  </div>
                ))}
              </dl>
              <Rows title={t.byCategory} told={told} rows={told.categories} />
              <Rows title={t.byCommune} told={told} rows={told.communes} lang="vi" />
            </>
          )
        }
      </Await>
    </Page>
  )
}

function Rows({ title, told, rows, lang }: { title: string; told: Told; rows: Told['categories']; lang?: string }) {
  return (
    <More title={title} count={rows.length}>
      {rows.map(row => (
        <section key={row.key} class="section">
          <h3 lang={lang}>{row.name}</h3>
          {row.figures.open === null ? (
            <p>{`${grouped(row.figures.received)}: ${t.few}`}</p>
          ) : (
            <dl class="figures small">
              {told.meanings.map(({ figure, name }) => (
                <div key={figure}>
                  <dt>{name}</dt>
                  <dd>{shown(row.figures, figure as keyof Figures)}</dd>
                </div>
              ))}
            </dl>
          )}
        </section>
      ))}
    </More>
  )
}

const UNITS: Partial<Record<keyof Figures, (n: string) => string>> = { answered_in_time: n => t.percent(n), hours_to_answer: n => t.hours(n), rating: n => t.stars(n) }
function shown(figures: Figures, name: keyof Figures) {
  const value = figures[name]
  if (value === null) return '–'
  return UNITS[name]?.(value.toLocaleString(language.value === 'en' ? 'en' : 'vi', { maximumFractionDigits: 1 })) ?? grouped(value)
}
