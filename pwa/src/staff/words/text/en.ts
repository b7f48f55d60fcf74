import type { Words } from '.'

export default {
  title: 'Words of the search',
  lead: 'How people say it, and how procedures call it. What is changed here the search knows at once.',
  add: 'Add a saying',
  change: 'Change a saying',
  find: 'Find by saying, official name or code',
  list: 'Sayings',
  nothing: 'No such saying',
  nothingText: 'It can be added.',
  edit: 'Change',
  said: 'What people say',
  saidHint: 'One saying a line, the most usual first. Accents and slips of typing are understood anyway.',
  codes: 'The procedures meant',
  codesHint: 'One code a line, the best first, for example 1.001193.',
  official: 'Or what it is called officially',
  officialHint: 'Where the saying is only another word, as “làm mất” is “cấp lại”.',
  save: 'Save',
  remove: 'Remove',
} satisfies Words
