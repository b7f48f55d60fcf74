import type { Words } from '.'

export default {
  title: 'Followers',
  hint: 'For an owner without a phone: record the consent on paper; the follower then accepts on their own phone.',
  states: { invited: 'not accepted yet', asked: 'asks the owner', following: 'follows', ended: 'ended' },
  ways: { invited: 'invited by the owner', asked: 'asked', paper: 'consent on paper' },
  nameless: 'No name',
  end: 'End',
  ended: 'Ended.',
  add: 'Record a consent on paper',
  phone: 'The follower’s phone',
  name: 'Name and relation',
  document: 'The consent: its day, where it is kept',
  save: 'Record',
  saved: 'Recorded. The follower accepts on their own phone.',
} satisfies Words
