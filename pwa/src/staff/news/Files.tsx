import { plain } from '../../core/plain'
import { useRef } from 'preact/hooks'
import { Picture } from '../../modules/news/Pieces'
import { useDeed } from '../deed'
import { Field, Said } from '../ui'
import { type Content, upload } from './content'
import { AddPicture, FileField } from './Pictures'
import { t } from './text'

const DESK = '/api/news/desk/files'

/** The picture above the text, with what it shows. */
export const Cover = ({ of, said, change }: { of: Content; said: string | undefined; change: (part: Partial<Content>) => void }) => (
  <div class="field">
    <span class="strong">{t.fields.cover}</span>
    {of.cover ? (
      <>
        <div class="cover">
          <Picture file={of.cover.file} alt="" files={DESK} />
        </div>
        <Field label={t.alt} hint={t.altHint} said={said}>
          {is => <input {...is} class="input" maxLength={300} value={of.cover!.alt} onInput={event => change({ cover: { ...of.cover!, alt: plain(event.currentTarget.value) } })} />}
        </Field>
        <div class="buttons">
          <button class="button" type="button" onClick={() => change({ cover: null })}>
            {t.remove}
          </button>
        </div>
      </>
    ) : (
      <div class="buttons">
        <AddPicture label={t.addCover} done={cover => change({ cover })} />
      </div>
    )}
  </div>
)

/** What goes along to be taken away. */
export function Attachments({ of, said, change }: { of: Content; said: string | undefined; change: (part: Partial<Content>) => void }) {
  const { busy, said: wrong, run } = useDeed()
  const set = (attachments: Content['attachments']) => change({ attachments })
  /** While a file is on its way, titles are typed. */
  const now = useRef(of)
  now.current = of
  const give = (file: File) =>
    run(async () => {
      const { name } = await upload(file)
      set([...now.current.attachments.filter(one => one.file !== name), { file: name, title: plain(file.name.replace(/\.pdf$/i, '')).slice(0, 200) }])
    })
  return (
    <div class="field">
      {of.attachments.map(one => (
        <div key={one.file} class="with-button">
          <input class="input" aria-label={t.documentTitle} maxLength={200} value={one.title} onInput={event => set(of.attachments.map(it => (it === one ? { ...it, title: plain(event.currentTarget.value) } : it)))} />
          <button class="button" type="button" onClick={() => set(of.attachments.filter(it => it !== one))}>
            {t.remove}
          </button>
        </div>
      ))}
      {of.attachments.length < 10 && <FileField label={t.fields.attachments} hint={t.documentHint} accept="application/pdf" name={busy.value ? t.sendingFile : undefined} choose={file => void give(file)} />}
      <Said text={wrong.value || said || ''} />
    </div>
  )
}
