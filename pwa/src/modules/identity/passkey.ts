/**
 * Passkeys: the browser's own dialog does the work. Options and answers in the JSON forms of WebAuthn Level 3, which the
 * older browsers that we still serve cannot read and write by themselves.
 */
import { signal } from '@preact/signals'

type Options = Record<string, unknown>
type Named = { id: string; type: 'public-key' }

export const passkeysHere = 'PublicKeyCredential' in globalThis && !!navigator.credentials

/** This device is unlocked by a finger, a face or a number, and sites may ask for that. Known a moment later. */
export const unlocking = signal(false)
if (passkeysHere) void PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().then(can => (unlocking.value = can), () => {})

/** The browser offers passkeys in a field that asks for them, like an address that it knows. */
export const offersPasskeys = async () => passkeysHere && !!(await PublicKeyCredential.isConditionalMediationAvailable?.())

/** The person closed the dialog, or there is no passkey for this site: browsers do not say which. */
export class NoPasskey extends Error {
  override name = 'NoPasskey'
}

const bytes = (text: unknown) => Uint8Array.from(atob(String(text).replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0))
const text = (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const listed = (all: unknown) => ((all ?? []) as Named[]).map(one => ({ ...one, id: bytes(one.id) }))

/** A new passkey for what the server asks. */
export async function makePasskey(options: Options) {
  const user = options.user as PublicKeyCredentialUserEntity & { id: unknown }
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...user, id: bytes(user.id) }, excludeCredentials: listed(options.excludeCredentials) }
  const { answer, named } = await ask(navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions }))
  const { clientDataJSON, attestationObject } = answer as AuthenticatorAttestationResponse
  return { ...named, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } }
}

/** An answer by one of the passkeys that the server would take. `offered`: in a field, for as long as nobody aborts it, instead of in a dialog. */
export async function usePasskey(options: Options, offered?: AbortSignal) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) }
  const { answer, named } = await ask(navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions, ...(offered ? { mediation: 'conditional', signal: offered } : {}) }))
  const { clientDataJSON, authenticatorData, signature, userHandle } = answer as AuthenticatorAssertionResponse
  const owner = userHandle ? { userHandle: text(userHandle) } : {}
  return { ...named, response: { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), ...owner } }
}

async function ask(asked: Promise<Credential | null>) {
  const given = (await asked.catch((cause: unknown) => {
    if (cause instanceof DOMException && (cause.name === 'NotAllowedError' || cause.name === 'AbortError')) return null
    throw cause
  })) as PublicKeyCredential | null
  if (!given) throw new NoPasskey()
  return { answer: given.response, named: { id: given.id, rawId: text(given.rawId), type: 'public-key' as const } }
}
