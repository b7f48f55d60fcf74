/** Reading aloud by the device's own voice. Nothing leaves it. */
import { signal } from '@preact/signals'

/** The key of what is being read. */
export const reading = signal('')

export function hush() {
  reading.value = ''
  window.speechSynthesis?.cancel()
}

/** Reads lines one after the other; false when there is no voice for their language. */
export function aloud(key: string, lang: string, lines: string[]) {
  const speech = window.speechSynthesis
  const voice = speech?.getVoices().find(one => one.lang.toLowerCase().startsWith(lang))
  if (!voice) return false
  hush()
  reading.value = key
  lines.forEach((line, i) => {
    const one = new SpeechSynthesisUtterance(line)
    one.lang = voice.lang
    one.voice = voice
    if (i === lines.length - 1) one.onend = () => reading.value === key && (reading.value = '')
    speech.speak(one)
  })
  return true
}
