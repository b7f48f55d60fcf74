import { useRoute } from 'preact-iso'
import { api, Problem, type Reply } from '../../core/api'
import { useAsk } from '../../core/ask'
import { home } from '../../core/preferences'
import { Await, Empty, Icon, Mixed, Note, Page } from '../../core/ui'
import { check, house } from '../../core/ui/icons'
import { Office } from './Office'
import './places.css'
import { t } from './text'
import { allUnits, type Unit } from './units'

type Whole = Unit & { offices: Reply<'GET /api/places/units/{code}'>['offices'] | null }

export default function Place() {
  const { code } = useRoute().params as { code: string }
  const asked = useAsk<Whole>(`unit ${code}`, signal => ask(code, signal))
  if (asked.failed?.status === 404)
    return (
      <Page title={t.notFound} back={['/places', t.back]}>
        <Empty title={t.notFoundText}>
          <a class="button main" href="/places">
            {t.back}
          </a>
        </Empty>
      </Page>
    )
  return (
    <Page title={asked.value?.name ?? t.openUnit} lang={asked.value && 'vi'} back={['/places', t.back]}>
      <Await of={asked}>{unit => <Details unit={unit} />}</Await>
    </Page>
  )
}

/** Without a line at least what the list knows. */
async function ask(code: string, signal: AbortSignal): Promise<Whole> {
  try {
    return await api('GET /api/places/units/{code}', { code }, signal)
  } catch (cause) {
    const unit = cause instanceof Problem && cause.offline ? (await allUnits().catch(() => [])).find(one => one.code === code) : undefined
    if (!unit) throw cause
    return { ...unit, offices: null }
  }
}

function Details({ unit }: { unit: Whole }) {
  const mine = home.value?.code === unit.code
  return (
    <>
      {unit.former_province && (
        <p class="hint">
          <Mixed of={t.before} names={[unit.former_province]} />
        </p>
      )}
      <div>
        <button class="button" type="button" aria-pressed={mine} onClick={() => (home.value = mine ? null : { code: unit.code, name: unit.name })}>
          <Icon of={mine ? check : house} />
          {mine ? t.chosen : t.choose}
        </button>
        <p class="hint" role="status">
          {mine ? t.chosenText : ''}
        </p>
      </div>
      <section class="section">
        <h2>{t.offices}</h2>
        {unit.offices?.length ? (
          <>
            <ul class="offices">
              {unit.offices.map(office => (
                <Office key={office.id} of={office} />
              ))}
            </ul>
            {!unit.offices.some(office => office.address || office.phone) && <p class="hint">{t.noAddress}</p>}
          </>
        ) : (
          <Note tone="warn">{unit.offices ? t.noOffices : t.officesOffline}</Note>
        )}
      </section>
      <section class="section">
        <h2>{t.formerly}</h2>
        {unit.formerly.length ? (
          <ul class="former" lang="vi">
            {unit.formerly.map(name => (
              <li key={name} class="tag">
                {name}
              </li>
            ))}
          </ul>
        ) : (
          <p class="hint">{t.formerlyUnknown}</p>
        )}
      </section>
    </>
  )
}
