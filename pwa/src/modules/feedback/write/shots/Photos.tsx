import { useSignal } from '@preact/signals'
import { keep, recall } from '../../../../core/memory'
import { Note } from '../../../../core/ui'
import { pin } from '../../../../core/ui/icons'
import { film } from '../../drawings'
import { add } from '../../kept'
import { Check } from '../Check'
import { t as write } from '../text'
import Chosen, { type Choosing, MOST } from './Chosen'
import { Take } from './Take'
import { t } from './text'

/** As the server has it. */
const LONGEST = 33_554_432

type Props = Choosing & { place: (lat: number, lon: number, accuracy: null) => unknown }
/** Up to five, shrunk at once; they are on the phone before anything is written. */
export default function Photos({ item, change, begin, said, place }: Props) {
  const busy = useSignal(false)
  /** Where one was taken: used when its owner says so, and otherwise forgotten. */
  const taken = useSignal<[number, number]>()
  const sparing = useSignal(recall<boolean>('sparing') ?? false)
  const found = async (file: File) => (taken.value ??= await import('./taken').then(({ takenAt }) => takenAt(file)))
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
      <Chosen item={item} change={change} begin={begin} said={said} busy={busy} sparing={sparing.value} full={write.noRoom} added={found}>
        {!item.photos.some(one => !one.number) && <Take icon={film} label={t.addVideo} accept="video/mp4,video/quicktime,video/3gpp" busy={busy.value} take={([file]) => file && void takeVideo(file)} />}
      </Chosen>
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
