import { moment } from '../../core/moment'
import { grouped } from '../../core/text'
import { Waits } from '../ringing/Waits'
import { Facts, Name, Panel } from '../ui'
import type { Desk } from './draft'
import { t } from './text'

/** What went out, and how far it is. */
export const Messages = ({ of }: { of: Desk }) => (
  <Panel title={t.sent}>
    {of.messages.map(one => (
      <Facts
        key={one.number}
        of={[
          [
            `${one.number}. ${t.done[one.act]}`,
            <>
              {moment(one.sent_at)} · {t.numbers(grouped(one.sent), grouped(one.due))}
              {one.waiting > 0 && ` · ${t.waiting(grouped(one.waiting))}`}
              {one.failed + one.gone > 0 && ` · ${t.failed(grouped(one.failed + one.gone))}`}
              {one.sent > 0 && ` · ${t.shown(grouped(one.shown), grouped(one.sent))}`}
              {one.opened > 0 && ` · ${t.opened(grouped(one.opened))}`}
              {one.read > 0 && ` · ${t.read(grouped(one.read))}`}
              <Waits of={one.waits} next={one.next_at} />
              <p>
                <a class="button" href={`/feeds/alerts/${one.identifier}.txt?lang=vi`} target="_blank" rel="noopener">
                  {t.aloud}
                </a>
              </p>
            </>,
          ],
        ]}
      />
    ))}
  </Panel>
)

/** Who did what, the last first. */
export const History = ({ of }: { of: Desk }) => (
  <Panel title={t.history}>
    <ol class="rows quiet">
      {of.steps.map(step => (
        <li key={step.at + step.act} class="line">
          <span>
            <strong>{t.done[step.act]}</strong> · {step.by ? <Name of={step.by} /> : t.byClock}
            {step.alone && ` (${t.aloneDone})`}
          </span>
          <span class="hint">{moment(step.at)}</span>
        </li>
      ))}
    </ol>
  </Panel>
)
