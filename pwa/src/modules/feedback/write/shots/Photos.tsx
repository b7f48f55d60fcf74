import { useSignal } from '@preact/signals'
import { keep, recall } from '../../../../core/memory'
import { Icon, Note } from '../../../../core/ui'
import { close as cross, pin } from '../../../../core/ui/icons'
import { camera, film } from '../../drawings'
import { add, drop, type Item, pictured, type Shot } from '../../kept'
import { Thumb } from '../../Thumb'
import { Check } from '../Check'
import { t as write } from '../text'
import { Take } from './Take'
import { t } from './text'

const MOST = 5
/** As the server has it. */
const LONGEST = 33_554_432

type Props = { item: Item; change: (photos: Shot[]) => void; begin: () => Promise<unknown>; said: { value: string }; place: (lat: number, lon: number, accuracy: null) => unknown }
/** Up to five, shrunk at once; they are on the phone before anything is written. */
export default function Photos({ item, change, begin, said, place }: Props) {
  const busy = useSignal(false)
  /** Where one was taken: used when its owner says so, and otherwise forgotten. */
  const taken = useSignal<[number, number] | undefined>(undefined)
  const sparing = useSignal(recall<boolean>('sparing') ?? false)
  async function take(files: File[]) {
    busy.value = true
    said.value = ''
    const [{ shrink }, { takenAt }] = await Promise.all([import('./shrink'), import('./taken')])
    let photos = item.photos
    for (const file of (await begin()) ? files : []) {
      if (pictured(photos).length >= MOST) {
        said.value = t.tooMany(MOST)
        break
      }
      const small = await shrink(file, sparing.value)
      if (!small) {
        said.value = t.notReadable
        continue
      }
      const now = await add(item.operation, { bytes: small.picture.size, hash: small.hash }, small.picture).catch(() => undefined)
      if (now) {
        change((photos = now.photos))
        taken.value ??= await takenAt(file)
      } else said.value = write.noRoom
    }
    busy.value = false
  }
  async function takeVideo(file: File) {
    said.value = file.size > LONGEST ? t.videoTooLarge : ''
    if (file.size > LONGEST || !(await begin())) return
    busy.value = true
    const { hashed, digestOf } = await import('./shrink')
    const hash = await hashed(file)
    const now = await add(item.operation, { bytes: file.size, hash, digest: digestOf(hash) }, file, [0]).catch(() => undefined)
    if (now) change(now.photos)
    else said.value = write.noRoom
    busy.value = false
  }
  return (
    <fieldset class="field">
      <legend class="strong">{t.photos}</legend>
      <ul class="shots">
        {item.photos.map(one => (
          <li key={one.number}>
            <Thumb operation={item.operation} number={one.number} />
            <button class="shot-off" type="button" aria-label={t.removePhoto(one.number)} onClick={() => void drop(item.operation, one.number).then(now => now && change(now.photos))}>
              <Icon of={cross} />
            </button>
          </li>
        ))}
        {pictured(item.photos).length < MOST && <Take icon={camera} label={busy.value ? t.shrinking : t.addPhoto} accept="image/*" multiple busy={busy.value} take={files => void take(files)} />}
        {!item.photos.some(one => !one.number) && <Take icon={film} label={t.addVideo} accept="video/mp4,video/quicktime,video/3gpp" busy={busy.value} take={([file]) => file && void takeVideo(file)} />}
      </ul>
      <p class="hint">{t.photosHint(MOST)}</p>
      {taken.value && item.body.lat === null && (
        <Note icon={pin} title={t.taken}>
          <div class="buttons">
            <button class="button" type="button" onClick={() => place(...taken.value!, null)}>
              {t.useTaken}
            </button>
            <button class="button bare" type="button" onClick={() => (taken.value = undefined)}>
              {t.noTaken}
            </button>
          </div>
        </Note>
      )}
      <Check
        on={sparing.value}
        set={on => {
          keep('sparing', on)
          sparing.value = on
        }}
        label={t.sparing}
      />
    </fieldset>
  )
}
