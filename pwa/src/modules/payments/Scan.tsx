import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useDeed } from '../../core/deed'
import { why } from './Charge'
import { t } from './text'

/** What the browser brings; none in some. */
type Reader = { detect: (picture: ImageBitmapSource) => Promise<{ rawValue: string }[]> }
type Maker = new (of: { formats: string[] }) => Reader
const maker = () => (window as unknown as { BarcodeDetector?: Maker }).BarcodeDetector
const OFTEN = 250

/** The paper's QR by camera or from a picture, where the browser can read one; else the code is typed. */
export function Scan({ found }: { found: (text: string) => unknown }) {
  const view = useRef<HTMLVideoElement>(null)
  const stream = useSignal<MediaStream | undefined>(undefined)
  const { said, run } = useDeed(why, '')
  const Maker = maker()
  const stop = () => (stream.value?.getTracks().forEach(track => track.stop()), (stream.value = undefined))
  useEffect(() => {
    if (!stream.value || !Maker) return
    const reader = new Maker({ formats: ['qr_code'] })
    view.current!.srcObject = stream.value
    const look = setInterval(async () => {
      const [one] = await reader.detect(view.current!).catch(() => [])
      if (!one) return
      stop()
      void run(async () => found(one.rawValue))
    }, OFTEN)
    return () => clearInterval(look)
  }, [stream.value])
  useEffect(() => stop, [])
  async function begin() {
    said.value = ''
    stream.value = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: 'environment' } }).catch(() => void (said.value = t.noCamera))
  }
  async function choose(file: File | undefined) {
    if (!file || !Maker) return
    said.value = ''
    const [one] = await createImageBitmap(file)
      .then(picture => new Maker({ formats: ['qr_code'] }).detect(picture))
      .catch(() => [])
    if (one) await run(async () => found(one.rawValue))
    else said.value = t.noQr
  }
  if (!Maker) return <p class="hint">{t.noReader}</p>
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
