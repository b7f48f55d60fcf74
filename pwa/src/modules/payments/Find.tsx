import { useSignal } from '@preact/signals'
import { api } from '../../core/api'
import { Page } from '../../core/ui'
import { ByPaper } from '../identity/ByPaper'
import '../identity/identity.css'
import { Charge, type Verbs, type Way, type Whole } from './Charge'
import './payments.css'
import { Scan } from './Scan'
import { t } from './text'

/** A bill by its paper: scanned or typed, without an account. */
export default function Find() {
  const scanned = useSignal('')
  const found = useSignal<{ whole: Whole; verbs: Verbs }>()

  async function ask(code: string, digits: string) {
    const body = { code, last_digits: digits }
    const look = () => api('POST /api/payments/find', { body })
    const begin = (way: Way) => api('POST /api/payments/find/attempts', { body: { ...body, way } })
    found.value = { whole: await look(), verbs: { look, begin } }
  }
  async function read(text: string) {
    scanned.value = ''
    scanned.value = (await api('POST /api/payments/read', { body: { text } })).code
  }

  if (found.value)
    return (
      <Page title={t.one} back={['/payments', t.title]}>
        <Charge of={found.value.whole} verbs={found.value.verbs} />
      </Page>
    )
  return (
    <Page title={t.findTitle} back={['/payments', t.title]}>
      <p>{t.findLead}</p>
      <Scan found={read} />
      <ByPaper words={t} like="TT …" shortest={15} given={scanned.value} ask={ask} />
    </Page>
  )
}
