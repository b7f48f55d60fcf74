import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Icon } from '../../../../core/ui'
import { close as cross } from '../../../../core/ui/icons'
import { camera } from '../../drawings'
import { add, drop, type Item, pictured, type Shot } from '../../kept'
import { Thumb } from '../../Thumb'
import { Take } from './Take'
import { t } from './text'

export const MOST = 5

export type Choosing = { item: Item; change: (photos: Shot[]) => void; begin: () => Promise<unknown>; said: { value: string } }
type Props = Choosing & { busy: Signal<boolean>; sparing: boolean; full: string; added?: (file: File) => unknown; children?: ComponentChildren }
/** Up to five photos, shrunk at once; they are on the phone before anything is written. `full`: said when it has no room. */
export default function Chosen({ item: { operation, photos }, change, begin, said, busy, sparing, full, added, children }: Props) {
  async function take(files: File[]) {
    busy.value = true
    said.value = ''
    const { shrink } = await import('./shrink')
    let chosen = photos
    for (const file of (await begin()) ? files : []) {
      if (pictured(chosen).length >= MOST) {
        said.value = t.tooMany(MOST)
        break
      }
      const small = await shrink(file, sparing)
      if (!small) {
        said.value = t.notReadable
        continue
      }
      const now = await add(operation, { id: crypto.randomUUID(), bytes: small.picture.size, hash: small.hash }, small.picture).catch(() => undefined)
      if (now) {
        change((chosen = now.photos))
        await added?.(file)
      } else said.value = full
    }
    busy.value = false
  }
  return (
    <ul class="shots">
      {photos.map(({ number }) => (
        <li key={number}>
          <Thumb operation={operation} number={number} />
          <button class="shot-off" type="button" aria-label={t.removePhoto(number)} onClick={() => void drop(operation, number).then(now => now && change(now.photos))}>
            <Icon of={cross} />
          </button>
        </li>
      ))}
      {pictured(photos).length < MOST && <Take icon={camera} label={busy.value ? t.shrinking : t.addPhoto} accept="image/*" multiple busy={busy.value} take={files => void take(files)} />}
      {children}
    </ul>
  )
}
