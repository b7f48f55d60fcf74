/** What the console is made of, beside the parts on `/design`. For builders; so its own words stay English. */
import { useSignal } from '@preact/signals'
import { NextAct, OtherActs } from '../acts'
import { Find } from '../Find'
import { usePages } from '../pages'
import { Conflict, type Column, Copy, Facts, Field, Finish, Id, Name, Nothing, Once, Pages, Panel, PasswordField, Quote, Said, Screen, Table } from '../ui'
import '../dossiers/dossiers.css'

type Row = { id: string; name: string; state: string; amount: number }
const rows: Row[] = [
  { id: '0199a0b2-7c1d-7e00-8000-0000000000a1', name: 'Nguyễn Văn Mẫu', state: 'waiting', amount: 8000 },
  { id: '0199a0b2-7c1d-7e00-8000-0000000000a2', name: 'សុខ ដារ៉ា', state: 'done', amount: 120_000 },
]
const columns: Column<Row>[] = [
  { title: 'Name', of: row => <Name of={row.name} /> },
  { title: 'State', of: row => <span class={row.state === 'done' ? 'tag good' : 'tag warn'}>{row.state}</span> },
  { title: 'Id', of: row => <Id of={row.id} />, named: true },
  { title: 'Amount', of: row => row.amount.toLocaleString('vi'), end: true, named: true },
]
const nothing = () => {}

export default function Design() {
  const password = useSignal('only for a look')
  const pages = usePages<Row>('design', cursor => Promise.resolve({ items: cursor ? rows.slice(1) : rows.slice(0, 1), next_cursor: cursor ? null : 'more' }))
  return (
    <div lang="en">
      <Screen
        title="Design system of the console"
        lead="A screen: its name, what it is for, and what can be begun here."
        back={['/design', 'Parts that residents see, too']}
        actions={
          <button class="button main" type="button">
            Begin
          </button>
        }
      >
        <Panel title="A panel" hint="with a hint" actions={<Copy text="copied" what="" label="Copy a text" />}>
          <Facts
            of={[
              ['A fact', 'its value'],
              ['An id', <Id of={rows[0]!.id} />],
            ]}
          />
          <Quote of="Lời của một người, như họ đã viết." />
        </Panel>
        <Panel title="What is to be done next">
          <NextAct title="One obvious step" text="what it means for whoever waits" label="Do it" busy={false} begin={nothing} />
          <OtherActs title="What else" acts={['plain', 'grave']} labels={{ plain: 'Another step', grave: 'An end' }} texts={{ plain: 'goes on', grave: 'ends it for whoever asked' }} grave={['grave']} busy={false} begin={nothing} />
        </Panel>
        <Panel title="A form">
          <form class="form" onSubmit={event => event.preventDefault()}>
            <Field label="A field" hint="what helps to fill it in">
              {is => <input {...is} class="input" />}
            </Field>
            <Field label="A field that is wrong" said="What is wrong with it, and the way on.">
              {is => <input {...is} class="input" value="12" />}
            </Field>
            <PasswordField label="A password" value={password.value} onInput={typed => (password.value = typed)} fresh />
            <Said text="What is said of the whole form." />
            <Finish label="Save" leave={nothing} />
          </form>
        </Panel>
        <Find at="/staff/design" q="" label="A search in a list" />
        <Table caption="A table; a list where there is no room" rows={rows} columns={columns} id={row => row.id} href={() => '/staff/design'} />
        <Pages of={pages} empty={null}>
          {items => <Table caption="A long list, page after page" rows={items} columns={columns} id={row => row.id} />}
        </Pages>
        <Nothing title="Nothing there">
          <p class="hint">why, and the next step</p>
        </Nothing>
        <Once title="A secret, told once" text="an example, not a key" />
        <Conflict fields={[['Title', 'as a colleague has it', 'as it was typed here']]} keep={nothing} take={nothing} busy={false} />
      </Screen>
    </div>
  )
}
