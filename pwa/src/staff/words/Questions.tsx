import { api, type Reply } from '../../core/api'
import { read } from '../access'
import { codesOf, Edit, Entries, type Leaving, lines, matching } from './Entries'
import { t } from './text'

type Question = Reply<'PUT /api/catalogue/desk/questions/{word_id}'>

/** What may mean several procedures: whoever says so is asked which. */
export const Questions = () => (
  <Entries<Question>
    list="questions"
    ask={(asked, signal) => read('GET /api/catalogue/desk/questions', asked, signal)}
    blank={id => ({ id, said: '', choices: [], version: 0 })}
    name={one => one.said}
    leads={one => one.choices.map(written)}
    edit={(one, leaving) => <Asking of={one} {...leaving} />}
  />
)

const written = ({ label, procedures }: Question['choices'][number]) => [label, ...codesOf(procedures)].join(' ')
/** A meaning and the codes behind it; as somebody types it, so also with signs between. */
const choiceIn = (line: string) => {
  const [, label = line, codes = ''] = /^(.*?)[\s:,;–-]*((?:[\s:,;–-]+\d+\.\d[\d.]*)+)$/.exec(line) ?? []
  return { label: label.trim(), codes: codes.match(/\d[\d.]*/g) ?? [] }
}

const Asking = ({ of: one, ...leaving }: { of: Question } & Leaving) => (
  <Edit
    {...leaving}
    list="questions"
    of={one}
    begin={{ said: one.said, choices: one.choices.map(written).join('\n') }}
    fields={[
      ['said', t.said, '', 1],
      ['choices', t.choices, t.choicesHint, 5],
    ]}
    save={now => api('PUT /api/catalogue/desk/questions/{word_id}', { word_id: one.id, ...matching(one), body: { said: now.said, choices: lines(now.choices).map(choiceIn) } })}
    remove={() => api('DELETE /api/catalogue/desk/questions/{word_id}', { word_id: one.id })}
  />
)
