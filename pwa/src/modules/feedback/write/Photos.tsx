import { useSignal } from '@preact/signals'
import { keep, recall } from '../../../core/memory'
import { Icon } from '../../../core/ui'
import { close as cross } from '../../../core/ui/icons'
import { camera, film } from '../drawings'
import { add, drop, type Item, pictured, type Shot } from '../kept'
import { Thumb } from '../Thumb'
import { Check } from './Check'
import { t } from './text'

const MOST = 5
/** As the server has it. */
const LONGEST = 33_554_432

/** Up to five, shrunk at once; they are on the phone before anything is written. */
export default function Photos({ item, change, begin, said }: { item: Item; change: (photos: Shot[]) => void; begin: () => Promise<unknown>; said: (text: string) => void }) {
  const busy = useSignal(false)
  const sparing = useSignal(recall<boolean>('sparing') ?? false)
  async function take(files: File[]) {
    busy.value = true
    said('')
    const { shrink } = await import('./shrink')
    let photos = item.photos
    for (const file of (await begin()) ? files : []) {
      if (pictured(photos).length >= MOST) {
        said(t.tooMany(MOST))
        break
      }
      const small = await shrink(file, sparing.value)
      if (!small) {
        said(t.notReadable)
        continue
      }
      const now = await add(item.operation, { bytes: small.picture.size, hash: small.hash }, small.picture).catch(() => undefined)
      if (now) change((photos = now.photos))
      else said(t.noRoom)
    }
    busy.value = false
  }
  async function takeVideo(file: File) {
    said(file.size > LONGEST ? t.videoTooLarge : '')
    if (file.size > LONGEST || !(await begin())) return
    busy.value = true
    const { hashed, digestOf } = await import('./shrink')
    const hash = await hashed(file)
    const now = await add(item.operation, { bytes: file.size, hash, digest: digestOf(hash) }, file, [0]).catch(() => undefined)
    if (now) change(now.photos)
    else said(t.noRoom)
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
        {pictured(item.photos).length < MOST && (
          <li>
            <label class="shot-add">
              <Icon of={camera} />
              <span>{busy.value ? t.shrinking : t.addPhoto}</span>
              {/* Without `capture`: on Android that takes the gallery away. */}
              <input
                type="file"
                accept="image/*"
                multiple
                disabled={busy.value}
                onChange={event => {
                  const files = [...(event.currentTarget.files ?? [])]
                  event.currentTarget.value = ''
                  void take(files)
                }}
              />
            </label>
          </li>
        )}
        {!item.photos.some(one => !one.number) && (
          <li>
            <label class="shot-add">
              <Icon of={film} />
              <span>{t.addVideo}</span>
              <input
                type="file"
                accept="video/mp4,video/quicktime,video/3gpp"
                disabled={busy.value}
                onChange={event => {
                  const [file] = event.currentTarget.files ?? []
                  event.currentTarget.value = ''
                  if (file) void takeVideo(file)
                }}
              />
            </label>
          </li>
        )}
      </ul>
      <p class="hint">{t.photosHint(MOST)}</p>
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
