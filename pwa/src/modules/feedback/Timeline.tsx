import { moment } from '../../core/moment'
import { Shots } from './Shots'
import { Spoken } from './Spoken'

type Step = { kind: string; title: string; at: string; said: string; unit: string | null; photos?: number[] }

/** What became of the report at this address of the server. */
export const Timeline = ({ of, title, steps }: { of: string; title: string; steps: Step[] }) => (
  <section class="section">
    <h2>{title}</h2>
    <ol class="happened">
      {steps.map(({ kind, title, at, said, unit, photos = [] }) => (
        <li key={`${at}${kind}`} class={kind === 'late' ? 'late' : undefined}>
          <p>
            <strong>{title}</strong>
            <span class="hint block">
              {moment(at)}
              {unit && (
                <>
                  {' · '}
                  <span lang="vi">{unit}</span>
                </>
              )}
            </span>
          </p>
          {said && <Spoken of={said} />}
          {photos.length > 0 && <Shots of={of} numbers={photos} />}
        </li>
      ))}
    </ol>
  </section>
)
