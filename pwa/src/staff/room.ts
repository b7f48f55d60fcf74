/** Whether there is room for a menu beside the work, and for tables: counted in letters, for letters may be twice as large. */
import { signal } from '@preact/signals'

export const wide = signal(true)

const root = document.documentElement
function measure() {
  wide.value = innerWidth / parseFloat(getComputedStyle(root).fontSize) >= 60
  root.toggleAttribute('data-wide', wide.value)
}
measure()
new ResizeObserver(measure).observe(root)
addEventListener('resize', measure)
