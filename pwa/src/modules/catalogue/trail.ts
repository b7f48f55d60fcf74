/** How the person came here. */
export const trail = {
  /** The last search, words and filters included, for the way back to it. */
  search: '/search',
  /** Began typing on the first screen, and goes on typing in the search. */
  typing: false,
  /** Titles seen in lists, so that the next screen has its heading at once. */
  titles: new Map<string, string>(),
}
