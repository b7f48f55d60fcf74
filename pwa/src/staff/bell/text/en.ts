import type { Words } from '.'

export default {
  title: 'Calls',
  lead: 'What is urgent calls the right person, here and on their own device.',
  calls: 'Called for',
  unread: 'new',
  none: 'Nothing has called you yet',
  noneText: 'When something urgent is reported for a unit whose leader on duty you are, it stands here and your device rings at once.',
  devices: 'Devices that ring',
  devicesText: 'Also when you have signed out, and at night. The lock screen says nothing about anybody.',
  aDevice: 'A device',
  thisOne: 'this one',
  bind: 'Ring on this device',
  loosen: 'Ring no more',
  tryOut: 'Try it',
  sent: 'Sent, waiting for the device…',
  shown: 'This device has shown it.',
  denied: 'This browser blocks the notifications of this page. Allow them in its settings.',
  unsupported: 'This browser cannot be notified. On an iPhone add the app to the home screen and open it from there.',
} satisfies Words
