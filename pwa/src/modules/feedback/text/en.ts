import type { Words } from '.'

export default {
  title: 'Field reports',
  lead: 'Report what you see broken, dirty or dangerous. You can write without a connection: the phone sends it by itself when there is one.',
  begin: 'Write a new report',
  around: 'Reports around here',
  onPhone: 'On this phone',
  mine: 'Sent and followed',
  none: 'No reports yet',
  noneText: 'Reports you send will be here, with every step that follows.',
  signIn: 'Sign in to see reports sent from another phone, and to be told when there is news.',
  old: (at: string) => `No connection: this is a copy of ${at}.`,
  stages: { draft: 'Draft', waiting: 'Waiting to be sent', refused: 'Not sent yet', sent: 'Sent' },
  untitled: 'Nothing written yet',
  followed: 'Followed',
  photo: (n: number) => (n ? `Photo ${n}` : 'Video'),
  category: 'Field',
  toSignIn: 'Sign in',
  discard: 'Delete the draft',
  alsoSeen: (n: number) => (n === 1 ? '1 other person sees it' : `${n} others see it`),
  failed: 'That did not work; try again.',
} satisfies Words
