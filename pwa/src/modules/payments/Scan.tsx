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

let reads = 'BarcodeDetector' in window
/** Our own reader, for browsers that bring none. */
export async function fetched() {
  const { default: decode } = await import('qr/decode.js')
  reads = true
  return decode
}

/** The text of the QR in a picture, if there is one. */
async function read(source: HTMLVideoElement | File): Promise<string | undefined> {
  const picture = await createImageBitmap(source)
  const { BarcodeDetector } = window as unknown as { BarcodeDetector?: Maker }
  // Some that have it miss the phone's own service behind it, and say so when they are asked.
  const seen = BarcodeDetector && (await new BarcodeDetector({ formats: ['qr_code'] }).detect(picture).catch(() => undefined))
  if (seen) return seen[0]?.rawValue
  const decode = await fetched()
  const high = (WIDE * picture.height) / picture.width
  const pen = new OffscreenCanvas(WIDE, high).getContext('2d')!
  pen.drawImage(picture, 0, 0, WIDE, high)
  return decode(pen.getImageData(0, 0, WIDE, high))
}

/** The paper's QR by camera or from a picture. */
export function Scan({ found }: { found: (text: string) => unknown }) {
  const here = useRef<HTMLElement>(null)
  const view = useRef<HTMLVideoElement>(null)
  const stream = useSignal<MediaStream>()
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
  /** A part of the app that cannot be fetched would take the whole screen away, and what is typed there. */
  function ready() {
    const can = reads || navigator.onLine
    said.value = can ? '' : t.noLine
    return can
  }
  async function begin() {
    if (!ready()) return
    // Refused, or none: the browsers inside other apps often have none to ask for.
    stream.value = await navigator.mediaDevices?.getUserMedia({ video: { facingMode: 'environment' } }).catch(() => undefined)
    if (!stream.value) said.value = t.noCamera
    // Allowed when whoever was asked had gone: nobody would ever switch it off.
    else if (!here.current) stop()
  }
  async function choose(file: File | undefined) {
    if (!file || !ready()) return
    const text = await read(file).catch(() => '')
    if (text) await run(async () => found(text))
    else said.value = t.noQr
  }
  return (
    <section class="scan" ref={here}>
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
