import type { Words } from '.'

export default {
  send: phone => `Send a text to ${phone}`,
  sending: 'Sending…',
  hint: 'The text says the code, the office, the day, and where to look it up. It names no person and no procedure.',
  tongue: 'Language of the text',
  why: { account: 'Whoever files has an account and was told in the app: no text is needed.', 'no-phone': 'There is no mobile number, so no text can be sent. Print the slip.' },
  waits: 'The text is on its way.',
  sent: when => `The text was sent at ${when}.`,
  failed: 'No carrier has taken this text. Send it again, or print the slip.',
} satisfies Words
