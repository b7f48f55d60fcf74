import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useDeed } from '../../core/deed'
import { why } from './Charge'
import { t } from './text'

/** What the browser brings; none in some, iPhones among them. */
type Maker = new (of: { formats: string[] }) => { detect: (picture: ImageBitmap) => Promise<{ rawValue: string }[]> }
const OFTEN = 250
/** A code on paper is read at this width, far sooner than at a camera's. */
const WIDE = 800

/** The text of the QR in a picture, if there is one. */
async function read(source: HTMLVideoElement | File): Promise<string | undefined> {
  const picture = await createImageBitmap(source)
  const Maker = (window as unknown as { BarcodeDetector?: Maker }).BarcodeDetector
  if (Maker) return (await new Maker({ formats: ['qr_code'] }).detect(picture))[0]?.rawValue
  const { default: decode } = await import('qr/decode.js')
  const high = (WIDE * picture.height) / picture.width
  const pen = new OffscreenCanvas(WIDE, high).getContext('2d')!
  pen.drawImage(picture, 0, 0, WIDE, high)
  return decode(pen.getImageData(0, 0, WIDE, high))
}

/** The paper's QR by camera or from a picture. */
export function Scan({ found }: { found: (text: string) => unknown }) {
  const view = useRef<HTMLVideoElement>(null)
  const stream = useSignal<MediaStream | undefined>(undefined)
  const { said, run } = useDeed(why, '')
  const stop = () => (stream.value?.getTracks().forEach(track => track.stop()), (stream.value = undefined))
  useEffect(() => {
    if (!stream.value) return
    view.current!.srcObject = stream.value
    let next = 0
    const look = async () => {
      const text = await read(view.current!).catch(() => '')
      if (!stream.value) return
      if (!text) return void (next = setTimeout(look, OFTEN))
      stop()
      void run(async () => found(text))
    }
    void look()
    return () => clearTimeout(next)
  }, [stream.value])
  useEffect(() => stop, [])
  async function begin() {
    said.value = ''
    stream.value = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: 'environment' } }).catch(() => void (said.value = t.noCamera))
  }
  async function choose(file: File | undefined) {
    if (!file) return
    said.value = ''
    const text = await read(file).catch(() => '')
    if (text) await run(async () => found(text))
    else said.value = t.noQr
  }
  return (
    <section class="scan">
      {stream.value && <video ref={view} autoplay muted playsInline />}
      <div class="buttons">
        <button class="button" type="button" onClick={() => (stream.value ? stop() : void begin())}>
          {stream.value ? t.stop : t.scan}
        </button>
        <label class="button">
          {t.photo}
          <input class="unseen" type="file" accept="image/*" onChange={event => void choose(event.currentTarget.files?.[0])} />
        </label>
      </div>
      <p class="said" role="alert">
        {said.value}
      </p>
    </section>
  )
}
