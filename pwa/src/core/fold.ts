/** "Đăng ký khai sinh" and "dang ky khai sinh" are the same to a search. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase()

/** Folded words of a text, each after one space, so that `' khai'` finds the beginning of a word and nothing else. */
export const folded = (text: string) => ' ' + fold(text).split(/[^\p{L}\p{N}.]+/u).filter(Boolean).join(' ')

/** Every word of `query` must begin some word of the text. */
export function matcher(query: string) {
  const wanted = folded(query).split(' ').filter(Boolean)
  return (text: string) => wanted.every(word => text.includes(' ' + word))
}
