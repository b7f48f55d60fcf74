import { useSignal } from '@preact/signals'
import { api, type Reply } from '../../core/api'
import { grouped } from '../../core/text'
import { Note } from '../../core/ui'
import { dong, spaced } from '../../modules/payments/money'
import { may } from '../access'
import { useDeed } from '../deed'
import { Field, Panel, Said, Screen, Table } from '../ui'
import { Parts } from './Parts'
import { today, yesterday } from './Day'
import { t } from './text'

type Which = 'bills' | 'statement'
type Rows = Reply<'POST /api/payments/desk/tables/bills'>['items']
type Stated = Reply<'POST /api/payments/desk/tables/statement'>
const LARGEST = 900_000
const SAMPLES = {
  bills: 'reference;payee;payee_name;purpose;amount;what;for_whom;due_on;payer_phone\r\nHP-11-0001;hoc-phi;Trường Tiểu học Mẫu;tuition;350000;Tiền ăn bán trú tháng 11;Nguyễn Thị Bé, lớp 3A;30/11/2026;0900000001\r\n',
  statement: 'bank_ref;amount;at;text\r\nFT26330000001;350000;22/11/2026 09:30;TT7K3M92QXHV4A1 tien an\r\n',
}

/** What offices and accountants keep in spreadsheets: bills and statements come in, the ledger goes out. */
export default function Tables() {
  return (
    <Screen title={t.parts.tables} lead={t.tables.lead}>
      <Parts />
      {may('payments:raise') && <Bring which="bills" />}
      {may('payments:reconcile') && <Bring which="statement" />}
      {may('payments:reconcile') && <Export />}
    </Screen>
  )
}

function Bring({ which }: { which: Which }) {
  const rows = useSignal<Rows>()
  const stated = useSignal<Stated>()
  const first = useSignal('')
  const last = useSignal('')
  const { busy, said, run } = useDeed()
  const words = t.tables
  async function bring(file: File | undefined) {
    if (!file) return
    rows.value = stated.value = undefined
    if (file.size > LARGEST) return void (said.value = words.tooLarge)
    const text = await file
      .arrayBuffer()
      .then(bytes => new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      .catch(() => undefined)
    if (text === undefined) return void (said.value = words.notText)
    await run(async () => {
      const headers = { 'Idempotency-Key': crypto.randomUUID() }
      if (which === 'bills') rows.value = (await api('POST /api/payments/desk/tables/bills', { headers, body: { text } })).items
      else {
        stated.value = await api('POST /api/payments/desk/tables/statement', { headers, body: { text, first: first.value || null, last: last.value || null } })
        rows.value = stated.value.items
      }
    })
  }
  const count = (...results: Rows[number]['result'][]) => grouped(rows.value?.filter(row => results.includes(row.result)).length ?? 0)
  const refused = rows.value?.some(row => row.result === 'refused')
  const done = rows.value?.length ?? 0
  return (
    <Panel title={words[which]} hint={words[`${which}Hint`]}>
      {which === 'statement' && (
        <div class="form">
          <p>{words.wholeHint}</p>
          {([['wholeFirst', first], ['wholeLast', last]] as const).map(([name, day]) => (
            <Field key={name} label={words[name]}>
              {is => <input {...is} class="input" type="date" max={yesterday()} value={day.value} onChange={event => (day.value = event.currentTarget.value)} />}
            </Field>
          ))}
        </div>
      )}
      <div class="buttons">
        <label class="button main">
          {words.choose}
          <input class="unseen" type="file" accept=".csv,text/csv" disabled={busy.value} onClick={event => (event.currentTarget.value = '')} onChange={event => void bring(event.currentTarget.files?.[0])} />
        </label>
        <a class="button" download={`${which}.csv`} href={`data:text/csv;charset=utf-8,%EF%BB%BF${encodeURIComponent(SAMPLES[which])}`}>
          {words.sample}
        </a>
      </div>
      <Said text={said.value} />
      {rows.value && (
        <>
          <div role="status">
            <Note tone={refused ? 'warn' : 'good'}>
              {stated.value ? words.lines(grouped(done), count('matched'), count('kept'), count('known'), count('refused')) : words.counts(count('taken', 'known'), count('refused'))}
            </Note>
          </div>
          {stated.value && (first.value || last.value) && <Compared of={stated.value} />}
          <Table
            caption={words.outcome}
            // What a person must do something about stands first.
            rows={[...rows.value].sort((one, other) => Number(other.result === 'refused') - Number(one.result === 'refused'))}
            id={row => String(row.line)}
            columns={[
              { title: words.line, of: row => grouped(row.line) },
              { title: words.name, of: row => row.name ?? '–' },
              { title: words.result, of: row => (row.problem ? `${words.results[row.result]}: ${row.problem.field}, ${words.why[row.problem.type as keyof typeof words.why]}` : words.results[row.result]) },
              { title: t.code, of: row => (row.code ? spaced(row.code) : ''), named: true },
            ]}
          />
        </>
      )}
    </Panel>
  )
}

/** The whole statement against the books. */
function Compared({ of }: { of: Stated }) {
  const words = t.tables
  const fits = of.compared && !of.differences.length
  return (
    <>
      <div role="status">
        <Note tone={fits ? 'good' : 'warn'}>{!of.compared ? words.notCompared : fits ? words.same : words.differ(grouped(of.differences.length))}</Note>
      </div>
      {of.differences.length > 0 && (
        <Table
          caption={words.differences}
          rows={of.differences}
          id={it => `${it.ref} ${it.times}`}
          columns={[
            { title: words.name, of: it => it.ref },
            { title: words.ours, of: it => (it.times > 1 ? '' : it.ours === null ? words.lacks : dong(it.ours)), named: true },
            { title: words.theirs, of: it => (it.times > 1 ? words.times(grouped(it.times)) : it.theirs === null ? words.lacks : dong(it.theirs)), named: true },
          ]}
        />
      )}
    </>
  )
}

function Export() {
  const first = useSignal(`${today().slice(0, 8)}01`)
  const last = useSignal(today())
  return (
    <Panel title={t.tables.export} hint={t.tables.exportHint}>
      <div class="form">
        {([['first', first], ['last', last]] as const).map(([name, day]) => (
          <Field key={name} label={t.tables[name]}>
            {is => <input {...is} class="input" type="date" max={today()} value={day.value} onChange={event => event.currentTarget.value && (day.value = event.currentTarget.value)} />}
          </Field>
        ))}
        <div class="buttons">
          {(['xlsx', 'csv'] as const).map(sheet => (
            <a key={sheet} class="button" download href={`/api/payments/desk/tables/ledger?first=${first.value}&last=${last.value}&sheet=${sheet}`}>
              {t.tables.download(sheet.toUpperCase())}
            </a>
          ))}
        </div>
      </div>
    </Panel>
  )
}
