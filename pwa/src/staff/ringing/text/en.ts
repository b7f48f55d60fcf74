import type { Words } from '.'

export default {
  tryOut: 'Try it on this device',
  tried: 'Sent. It will appear in a few seconds.',
  noDevice: 'This device does not take notifications yet.',
  turnOnHere: 'Turn them on here',
  notSaved: 'What you typed could not be saved yet, so nothing was done. Look above, then try again.',
  waits: { night: 'Waiting for the morning', quiet: 'In the quiet time of their owners', pause: 'The push service asked for a pause', trouble: 'The push service does not answer; it is tried again' },
  next: at => `Next try: ${at}`,
} satisfies Words
