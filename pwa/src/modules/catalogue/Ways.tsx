import { fee, type Procedure, time } from './say'
import { t } from './text'

type Way = Procedure['channels'][number]

/** Time and fee for each way of filing. Ways that say the same stand together; the portal's own wording stands beside our reading of it. */
export function Ways({ procedure }: { procedure: Procedure }) {
  const groups = new Map<string, { ways: Set<Way['channel']>; said: Way }>()
  for (const way of procedure.channels) {
    const { channel, ...rest } = way
    const key = JSON.stringify(rest)
    const group = groups.get(key) ?? { ways: new Set(), said: way }
    group.ways.add(channel)
    groups.set(key, group)
  }
  if (!groups.size) return null
  return (
    <section class="section">
      <h2>{t.channels}</h2>
      <ul class="ways">
        {[...groups.values()].map(({ ways, said }) => (
          <li key={[...ways].join()}>
            <h3>{[...ways].map(way => t.channel[way]).join(' · ')}</h3>
            <dl>
              <dt>{t.time}</dt>
              <dd>
                <Said value={said.time && time(said.time)} source={said.time_text} />
              </dd>
              <dt>{t.fee}</dt>
              <dd>
                {said.fees.map(one => (
                  <p key={`${one.amount} ${one.basis}`}>
                    <strong>{fee(one.amount)}</strong>
                    {said.fees.length > 1 && one.basis && <span lang="vi">: {one.basis}</span>}
                  </p>
                ))}
                <Said value={said.fees.length ? '' : null} source={said.fee_text} />
              </dd>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Our reading, then the source's words unless they are the same. */
function Said({ value, source }: { value: string | null; source: string | null }) {
  if (value === null && !source) return <p>{t.timeUnknown}</p>
  return (
    <>
      {value && (
        <p>
          <strong>{value}</strong>
        </p>
      )}
      {source && source !== value && (
        <p class="hint">
          {t.asPrinted}: <q lang="vi">{source}</q>
        </p>
      )}
    </>
  )
}
