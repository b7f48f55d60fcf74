import type { Words } from '.'

export default {
  title: 'Confirm that it is you',
  lead: 'This must only be done by you. What you typed is still there.',
  sendTo: phone => `Send a code to ${phone}`,
  byVneid: 'Your account has no phone number for a code. Confirm with VNeID, and come back here to go on.',
  nothing: 'No code can be sent to your phone at the moment. Take your papers to a one-stop desk, where they will help you.',
} satisfies Words
