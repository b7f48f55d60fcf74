import type { Words } from '.'

export default {
  lead: 'Next time you need not wait for a message: your fingerprint, your face or the code that unlocks this device is enough. Fingerprint and face stay on your device and are sent to nobody.',
  none: 'You have not switched this on anywhere yet.',
  unknown: 'Passkey without a name',
  made: when => `Made at ${when}`,
  used: when => `Last used ${when}`,
  notUsed: 'Never used yet',
  add: 'Switch on for this device',
  adding: 'Waiting for your device…',
  added: 'Switched on. Next time you sign in with your fingerprint, your face or the code of this device.',
  notHere: 'This device or browser cannot sign in with fingerprint or face yet. Your phone number still works.',
  notShared: 'You said that others use this device too, so no passkey is made here: whoever unlocks the device would be in your account.',
  rename: 'Rename',
  renameTitle: 'Name this passkey',
  name: 'A name that tells you which device it is',
  save: 'Save',
  renamed: 'Renamed.',
  remove: 'Remove',
  removeTitle: 'Remove this passkey?',
  removeText: 'Nobody can sign in with it any more. Your phone number still works.',
  removeYes: 'Remove this passkey',
  removed: 'The passkey has been removed.',

  offer: 'No waiting for a message next time?',
  offerText: 'Sign in with your fingerprint, your face or the code of this device.',
  no: 'No, thanks',
} satisfies Words
