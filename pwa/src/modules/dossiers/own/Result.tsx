import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, Problem } from '../../../core/api'
import { useDeed } from '../../../core/deed'
import { moment } from '../../../core/moment'
import { save } from '../../../core/save'
import { mark } from '../../../core/session'
import { stores } from '../../../core/stores'
import { grouped } from '../../../core/text'
import { Icon, Note } from '../../../core/ui'
import { download } from '../../../core/ui/icons'
import type { Whole } from '../mine'
import { t as dossiers } from '../text'
import { t } from './text'

type Shown = NonNullable<Whole['result']>
type File = Shown['files'][number]

const TONES = { valid: 'good', unsigned: 'plain', unreadable: 'plain', 'unknown-signer': 'plain', changed: 'bad', invalid: 'bad', unsafe: 'bad' } as const

/** The result: where and when it is handed over, or the documents themselves with who signed them. */
export function Result({ code, of, lang }: { code: string; of: Shown; lang: string }) {
  const { collect, files, link } = of
  const facts = collect && ([[t.collect, collect.office, 'vi'], [t.address, collect.address, 'vi'], [t.hours, collect.hours, lang], [t.bring, collect.bring, lang]] as const)
  return (
    <section class="section" id="result" tabIndex={-1}>
      <h2>{t.result}</h2>
      <div class="card standing">
        <p lang={lang}>{of.how}</p>
        {of.guidance && <p lang="vi">{of.guidance}</p>}
        {facts && (
          <dl>
            {facts.map(
              ([name, value, tongue]) =>
                value && (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd lang={tongue}>{value}</dd>
                  </div>
                ),
            )}
          </dl>
        )}
        {collect?.place && <a href={`/places/${collect.place}`}>{t.goDesk}</a>}
        {link && (
          <a class="button main full" href={link} target="_blank" rel="noreferrer">
            {t.openLink}
            <span class="hint">{new URL(link).hostname}</span>
          </a>
        )}
      </div>
      {files.map((file, i) => (
        <Document key={file.id} code={code} of={file} name={t.file(i + 1, files.length)} lang={lang} />
      ))}
    </section>
  )
}

type Said = { text: () => string; vneid?: boolean } | undefined
const why = (cause: unknown): Said =>
  cause instanceof Problem && !cause.offline
    ? { text: () => cause.said.detail ?? cause.said.title ?? t.failed, vneid: cause.said.type === 'assurance-needed' }
    : { text: () => (cause instanceof Problem ? dossiers.noLine : t.failed) }

function Document({ code, of, name, lang }: { code: string; of: File; name: string; lang: string }) {
  const kept = useSignal<Blob>()
  const { busy, said, run } = useDeed<Said>(why, undefined)
  useEffect(() => void stores().then(({ results }) => results.get(of.id)).then(one => (kept.value = one), () => {}), [of.id])

  async function open() {
    if (!kept.value)
      await run(async () => {
        const blob = (await api('GET /api/dossiers/{code}/results/{result_id}', { code, result_id: of.id }, undefined, 120_000)) as unknown as Blob
        kept.value = blob
        // On a device of many nothing of it stays.
        if (!mark.peek()?.shared) await stores().then(({ results }) => results.put(of.id, blob)).catch(() => {})
      })
    if (kept.value) save(kept.value, `${code}.pdf`)
  }

  return (
    <div class="card standing">
      <h3>{name}</h3>
      <p class="hint">{t.size(grouped(Math.max(1, Math.round(of.size / 1000))))}</p>
      {of.verdict ? (
        <Note tone={TONES[of.verdict]}>
          <span lang={lang}>{of.says}</span>
        </Note>
      ) : (
        <p class="hint">{t.waiting}</p>
      )}
      {of.signatures.length > 0 && (
        <dl>
          {of.signatures.map((one, i) => (
            <div key={i}>
              <dt>{t.signer}</dt>
              <dd lang="vi">
                {one.name}
                {one.office && <span class="hint">{one.office}</span>}
              </dd>
              {one.at && (
                <>
                  <dt>{t.signedAt}</dt>
                  <dd>
                    {moment(one.at)}
                    {!one.stamped && <span class="hint">{t.claimed}</span>}
                  </dd>
                </>
              )}
              <dt>{t.certificate}</dt>
              <dd lang={lang}>
                {one.revocation_says}
                {one.revocation_at && <span class="hint">{moment(one.revocation_at)}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p class="said" role="alert">
        {said.value?.text()}
      </p>
      {said.value?.vneid && <a href={`/sign-in?next=/dossiers/${encodeURIComponent(code)}`}>{t.withVneid}</a>}
      {of.verdict && (
        <button class="button full" type="button" disabled={busy.value} onClick={() => void open()}>
          <Icon of={download} />
          {busy.value ? t.saving : t.save}
        </button>
      )}
      {kept.value && !mark.value?.shared && <p class="hint">{t.saved}</p>}
    </div>
  )
}
