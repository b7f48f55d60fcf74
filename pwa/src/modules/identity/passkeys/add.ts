import { api } from '../../../core/api'
import { mark } from '../../../core/session'
import { makePasskey, unlocking } from '../passkey'

/** Only on a device of one's own that can: whoever unlocks it is in the account. */
export const canAdd = () => unlocking.value && !mark.value?.shared

/** A new passkey in this device, which asks its owner for a finger, a face or a number. */
export async function add() {
  const { options } = await api('POST /api/identity/passkeys/options', {})
  // Without a name of its owner's choice it is called after the browser.
  await api('POST /api/identity/passkeys', { body: { device: '', credential: await makePasskey(options) } })
}
