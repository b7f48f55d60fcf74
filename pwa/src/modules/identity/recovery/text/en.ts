import type { Words } from '.'

export default {
  title: 'Get your account back',
  lead: 'If your phone is lost or your number has changed, you keep your account and move it to a new number.',
  steps: ['Take your identity card to the one-stop desk of a commune or ward.', 'The officer gives you a code of 8 digits. It works for 15 minutes.', 'Enter it here, then confirm your new phone number.'],
  findDesk: 'Find a one-stop desk',
  deskCode: 'The 8 digits from the officer',
  deskCodeLength: n => `The code has exactly 8 digits. You entered ${n}.`,
  knownBy: 'Your old phone number, or your personal number',
  knownByLength: 'A phone number has 10 digits, a personal number has 12.',
  goOn: 'Go on',
  phoneTitle: 'Your new phone number',
  phoneLead: 'We send a 6-digit code to the new number, to be sure that it is yours.',
  back: "Correct the officer's code",
} satisfies Words
