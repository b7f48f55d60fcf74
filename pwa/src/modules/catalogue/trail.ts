/** The search the person came from, words and filters included, for the way back. */
export const trail = { search: '/search' }
