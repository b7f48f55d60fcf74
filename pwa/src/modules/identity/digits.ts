/** Long numbers in groups, as people read them out, while they are typed, pasted or filled in. */

/** What a Khmer keyboard types are digits, too. */
export const latin = (text: string) => text.replace(/[០-៩]/g, digit => String(digit.charCodeAt(0) - 0x17e0))

/** Which digits a text means, and how they are written. */
export type Kind = { digits: (text: string) => string; grouped: (digits: string) => string }

const groups = (digits: string, ...ends: number[]) => ends.map((end, i) => digits.slice(i && ends[i - 1], end)).filter(Boolean).join(' ')

/** 0912 345 678. +84 is what address books put before it. */
export const phone: Kind = {
  digits(text) {
    const digits = latin(text).replace(/^\s*(\+|00)\s*84[\s(]*0?/, '0').replace(/\D/g, '')
    return digits.length > 10 && digits.startsWith('84') ? `0${digits.slice(2)}` : digits
  },
  grouped: digits => (digits.startsWith('0') ? groups(digits, 4, 7, 99) : groups(digits, 3, 6, 99)),
}

/** 096 012 345 678, a personal number. */
export const personal: Kind = {
  digits: text => latin(text).replace(/\D/g, ''),
  grouped: digits => groups(digits, 3, 6, 9, 99),
}

/** 1234 5678, a code from a desk. */
export const desk: Kind = {
  digits: personal.digits,
  grouped: digits => groups(digits, 4, 8, 99),
}

/** Either of the two that an account is known by. Some personal numbers begin like a number from abroad, so only + tells one. */
export const known: Kind = {
  digits: text => (text.trim().startsWith('+') ? phone : personal).digits(text),
  grouped: digits => (digits.length > 10 ? personal : phone).grouped(digits),
}

/** Puts the field in order after a key, and leaves the caret behind the digit that it was behind. */
export function tidy(field: HTMLInputElement, before: string, key: string, { digits, grouped }: Kind) {
  let caret = field.selectionStart ?? field.value.length
  let text = field.value
  // A space came back as soon as it was deleted: what was meant is the digit beside it.
  if (digits(text) === before && /^delete/.test(key) && text.length < grouped(before).length) {
    const at = key === 'deleteContentForward' ? caret : --caret
    text = text.slice(0, at) + text.slice(at + 1)
  }
  let left = caret < text.length ? latin(text.slice(0, caret)).replace(/\D/g, '').length : Infinity
  const now = digits(text)
  field.value = grouped(now)
  let place = 0
  for (; left > 0 && place < field.value.length; place++) if (field.value[place] !== ' ') left--
  field.setSelectionRange(place, place)
  return now
}
