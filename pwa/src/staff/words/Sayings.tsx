import { api, type Reply } from '../../core/api'
import { read } from '../access'
import { codesOf, Edit, Entries, type Leaving, lines, matching } from './Entries'
import { t } from './text'

type Word = Reply<'PUT /api/catalogue/desk/words/{word_id}'>

/** What people say for what the titles say. */
export const Sayings = () => (
  <Entries<Word>
    list="words"
    ask={(asked, signal) => read('GET /api/catalogue/desk/words', asked, signal)}
    blank={id => ({ id, said: [], official: [], procedures: [], version: 0 })}
    name={one => one.said.join(' · ')}
    leads={one => [...one.official, ...one.procedures.map(({ code, title }) => `${code} ${title}`)]}
    edit={(one, leaving) => <Saying of={one} {...leaving} />}
  />
)

const Saying = ({ of: one, ...leaving }: { of: Word } & Leaving) => (
  <Edit
    {...leaving}
    list="words"
    of={one}
    begin={{ said: one.said.join('\n'), codes: codesOf(one.procedures).join('\n'), official: one.official.join('\n') }}
    fields={[
      ['said', t.said, t.saidHint, 4],
      ['codes', t.codes, t.codesHint, 3],
      ['official', t.official, t.officialHint, 2],
    ]}
    save={now => api('PUT /api/catalogue/desk/words/{word_id}', { word_id: one.id, ...matching(one), body: { said: lines(now.said), codes: lines(now.codes), official: lines(now.official) } })}
    remove={() => api('DELETE /api/catalogue/desk/words/{word_id}', { word_id: one.id })}
  />
)
