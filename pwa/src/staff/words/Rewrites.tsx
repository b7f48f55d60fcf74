import { api, type Reply } from '../../core/api'
import { read } from '../access'
import { Edit, Entries, type Leaving, matching } from './Entries'
import { t } from './text'

type Rewrite = Reply<'PUT /api/catalogue/desk/rewrites/{word_id}'>

/** How words are said or shortened here, and how they are usually written. */
export const Rewrites = () => (
  <Entries<Rewrite>
    list="rewrites"
    ask={(asked, signal) => read('GET /api/catalogue/desk/rewrites', asked, signal)}
    blank={id => ({ id, said: '', means: '', version: 0 })}
    name={one => one.said}
    leads={one => [one.means]}
    edit={(one, leaving) => <Spelling of={one} {...leaving} />}
  />
)

const Spelling = ({ of: one, ...leaving }: { of: Rewrite } & Leaving) => (
  <Edit
    {...leaving}
    list="rewrites"
    of={one}
    begin={{ said: one.said, means: one.means }}
    fields={[
      ['said', t.said, '', 1],
      ['means', t.means, t.meansHint, 1],
    ]}
    save={body => api('PUT /api/catalogue/desk/rewrites/{word_id}', { word_id: one.id, ...matching(one), body })}
    remove={() => api('DELETE /api/catalogue/desk/rewrites/{word_id}', { word_id: one.id })}
  />
)
