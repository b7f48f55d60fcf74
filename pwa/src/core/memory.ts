/** Small values kept on the phone, readable at once. */
export function recall<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null
  } catch {
    return null // storage forbidden or damaged: the app works without memory
  }
}

export function keep(name: string, value: unknown) {
  try {
    localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Storage forbidden or full: the choice lasts until the page is closed.
  }
}

/** Something else was chosen in another tab. */
export const elsewhere = (name: string, follow: () => void) => addEventListener('storage', ({ key }) => key === name && follow())
