import type { Words } from '.'

export default {
  ofAnother: 'The account that is open on this device has another VNeID. Sign out first, then use your own.',
  openAccount: 'Open that account',
} satisfies Words
