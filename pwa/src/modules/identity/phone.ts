/** A phone number as people write it at home, 0912 345 678, while it is typed, pasted or filled in. */

/** What a Khmer keyboard types are digits, too; +84 is what address books put before them. */
export function digitsOf(text: string) {
  const latin = text.replace(/[០-៩]/g, digit => String(digit.charCodeAt(0) - 0x17e0))
  const digits = latin.replace(/^\s*(\+|00)\s*84[\s(]*0?/, '0').replace(/\D/g, '')
  return digits.length > 10 && digits.startsWith('84') ? `0${digits.slice(2)}` : digits
}

export function grouped(digits: string) {
  const first = digits.startsWith('0') ? 4 : 3
  return [digits.slice(0, first), digits.slice(first, first + 3), digits.slice(first + 3)].filter(Boolean).join(' ')
}

/** Puts the field in order after a key, and leaves the caret behind the digit that it was behind. */
export function tidy(field: HTMLInputElement, before: string, key: string) {
  let caret = field.selectionStart ?? field.value.length
  let text = field.value
  // A space came back as soon as it was deleted: what was meant is the digit beside it.
  if (digitsOf(text) === before && /^delete/.test(key) && text.length < grouped(before).length) {
    const at = key === 'deleteContentForward' ? caret : --caret
    text = text.slice(0, at) + text.slice(at + 1)
  }
  const passed = text.slice(0, caret).replace(/[^\d០-៩]/g, '').length
  const atEnd = caret >= text.length
  const digits = digitsOf(text)
  field.value = grouped(digits)
  let place = atEnd ? field.value.length : 0
  for (let left = passed; !atEnd && left > 0 && place < field.value.length; place++) if (field.value[place] !== ' ') left--
  field.setSelectionRange(place, place)
  return digits
}
