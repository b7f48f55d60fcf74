import { type Signal, useSignal } from '@preact/signals'
import { recall } from '../../../../core/memory'
import { Icon } from '../../../../core/ui'
import { close as cross } from '../../../../core/ui/icons'
import { camera } from '../../drawings'
import { t as own } from '../../text'
import { Take } from '../../write/shots/Take'
import { t } from '../../write/shots/text'

const MOST = 5

/** A photo as it is kept with what is typed: `url` has all of it. */
export type Shot = { id: string; url: string }

/** As the server takes it: the page may ask nobody else for it. */
export const blobOf = (url: string) => new Blob([Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), byte => byte.charCodeAt(0))], { type: 'image/jpeg' })

const urlOf = (of: Blob) =>
  new Promise<string>((done, fail) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result as string)
    reader.onerror = fail
    reader.readAsDataURL(of)
  })

/** Photos of what is said of a report later: up to five, shrunk at once as the first ones were. */
export function Evidence({ shots }: { shots: Signal<Shot[] | undefined> }) {
  const busy = useSignal(false)
  const said = useSignal('')
  const now = shots.value ?? []
  async function take(files: File[]) {
    busy.value = true
    said.value = ''
    const { shrink } = await import('../../write/shots/shrink')
    for (const file of files) {
      const chosen = shots.peek() ?? []
      if (chosen.length >= MOST) {
        said.value = t.tooMany(MOST)
        break
      }
      const small = await shrink(file, recall<boolean>('sparing') ?? false)
      if (small) shots.value = [...chosen, { id: crypto.randomUUID(), url: await urlOf(small.picture) }]
      else said.value = t.notReadable
    }
    busy.value = false
  }
  return (
    <>
      <ul class="shots">
        {now.map(({ id, url }, index) => (
          <li key={id}>
            <img class="shot" src={url} alt={own.photo(index + 1)} />
            <button class="shot-off" type="button" aria-label={t.removePhoto(index + 1)} onClick={() => (shots.value = now.filter(it => it.id !== id))}>
              <Icon of={cross} />
            </button>
          </li>
        ))}
        {now.length < MOST && <Take icon={camera} label={busy.value ? t.shrinking : t.addPhoto} accept="image/*" multiple busy={busy.value} take={files => void take(files)} />}
      </ul>
      <p class="said" role="alert">
        {said.value}
      </p>
    </>
  )
}
