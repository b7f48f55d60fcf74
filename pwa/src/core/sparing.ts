/** Data is dear on this line: leave out, or for later, what nobody waits for. */
export function sparing() {
  const { saveData, effectiveType } = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection ?? {}
  return saveData || /2g/.test(effectiveType ?? '')
}
