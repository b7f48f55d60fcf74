import { useSignal } from '@preact/signals'
import { useDeed } from '../deed'
import { Sheet } from '../../core/ui/Sheet'
import { Field, Finish, Said } from '../ui'
import { upload } from './content'
import { t } from './text'

/** A picture goes in with what it shows in words, for those who do not see it; without them it does not. */
export function AddPicture({ label, done }: { label: string; done: (picture: { file: string; alt: string }) => void }) {
  const open = useSignal(false)
  return (
    <>
      <button class="button" type="button" onClick={() => (open.value = true)}>
        {label}
      </button>
      {open.value && (
        <Sheet title={label} onClose={() => (open.value = false)}>
          {close => <Giving close={close} done={done} />}
        </Sheet>
      )}
    </>
  )
}

function Giving({ close, done }: { close: () => void; done: (picture: { file: string; alt: string }) => void }) {
  const file = useSignal<File>()
  const alt = useSignal('')
  const wrong = useSignal<'' | 'chooseFile' | 'altNeeded'>('')
  const { busy, said, run } = useDeed()
  async function put() {
    wrong.value = !file.value ? 'chooseFile' : !alt.value.trim() ? 'altNeeded' : ''
    if (wrong.value) return
    await run(async () => {
      const { name } = await upload(file.value!)
      done({ file: name, alt: alt.value.trim() })
      close()
    })
  }
  return (
    <form class="form" noValidate onSubmit={event => (event.preventDefault(), event.stopPropagation(), void put())}>
      <FileField label={t.picture} accept="image/jpeg,image/png,image/webp" hint={t.pictureHint} name={file.value?.name} choose={one => (file.value = one)} />
      <Field label={t.alt} hint={t.altHint}>
        {is => <input {...is} class="input" maxLength={300} required value={alt.value} onInput={event => (alt.value = event.currentTarget.value)} />}
      </Field>
      <Said text={wrong.value ? t[wrong.value] : said.value} />
      <Finish busy={busy.value} label={t.put} leave={close} />
    </form>
  )
}

/** The browser's own field speaks the browser's language: its words are ours. */
export const FileField = ({ label, hint, accept, name, choose }: { label: string; hint?: string; accept: string; name?: string | undefined; choose: (file: File) => void }) => (
  <Field label={label} hint={hint}>
    {is => (
      <span class="file-field button">
        <span>{name ?? t.chooseFile}</span>
        <input
          {...is}
          type="file"
          accept={accept}
          onChange={event => {
            const [one] = event.currentTarget.files ?? []
            if (one) choose(one)
          }}
        />
      </span>
    )}
  </Field>
)
