import { useRoute } from 'preact-iso'
import { api } from '../../core/api'
import { changed, useAsk } from '../../core/ask'
import { save } from '../../core/save'
import { mark } from '../../core/session'
import { language } from '../../core/text'
import { Await, Note, Page } from '../../core/ui'
import { Charge, type Verbs, type Way, type Whole } from './Charge'
import { spaced } from './money'
import { t } from './text'

/** One of somebody's own, at an address of its own: what was begun is found here again. */
export default function Payment() {
  const code = useRoute().params.code!
  const key = `payment ${code} ${language.value}`
  const asked = useAsk<Whole>(key, signal => api('GET /api/payments/charges/{code}', { code }, signal))
  const keep = async (of: Promise<Whole>) => changed(key, await of)
  const verbs: Verbs = {
    look: () => keep(api('GET /api/payments/charges/{code}', { code })),
    begin: (way: Way) => keep(api('POST /api/payments/charges/{code}/attempts', { code, body: { way } })),
    own: {
      cancel: (way: Way) => keep(api('POST /api/payments/charges/{code}/cancel', { code, body: { way } })),
      claim: (way: Way) => keep(api('POST /api/payments/charges/{code}/claim', { code, body: { way } })),
      confirmation: async () => save(await api('GET /api/payments/charges/{code}/confirmation', { code }), `${code}.pdf`),
    },
  }
  if (asked.failed?.status === 404)
    return (
      <Page title={t.one} back={['/payments', t.title]}>
        <Note title={t.notMine}>{spaced(code)}</Note>
        <a class="button" href={`/payments/find#${code}`}>
          {t.byPaper}
        </a>
      </Page>
    )
  return (
    <Page title={t.one} back={['/payments', t.title]}>
      <Await of={asked} rows={4}>
        {one => <Charge key={`${code} ${mark.value?.id}`} of={one} verbs={verbs} />}
      </Await>
    </Page>
  )
}
