/** Reading aloud by the device's own voice. Nothing leaves it. */
import { signal } from '@preact/signals'

/** The key of what is being read. */
export const reading = signal('')

export function hush() {
  reading.value = ''
  window.speechSynthesis?.cancel()
}

/** Reads lines one after the other, for some browsers fall silent in the middle of a long one; false when there is no voice for their language. */
export function aloud(key: string, lang: string, lines: string[]) {
  const speech = window.speechSynthesis
  const voices = speech?.getVoices()
  const voice = voices?.find(one => one.lang.toLowerCase().startsWith(lang))
  // Before the first of them is asked for, some browsers know of no voices at all: then the language alone must do.
  if (!voices || (voices.length && !voice)) return false
  hush()
  reading.value = key
  lines.forEach((line, i) => {
    const one = new SpeechSynthesisUtterance(line)
    one.lang = voice?.lang ?? lang
    if (voice) one.voice = voice
    if (i === lines.length - 1) one.onend = () => reading.value === key && (reading.value = '')
    speech.speak(one)
  })
  return true
}
