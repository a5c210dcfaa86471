import type { Sealer } from '../../lib/sealed.ts'
import { signWebhook } from '../../lib/signature.ts'
import type { Credential } from './credentials.sql.ts'
import { openCredential, type Secret } from './credentials.ts'
import type { Endpoint } from './endpoints.sql.ts'
import { endpointSecretAad } from './endpoints.ts'

export interface Message {
  /** Stays the same over all attempts. */
  messageId: string
  /** Signed as these bytes: send exactly them. */
  body: string
  nowSeconds: number
}

/** An address that is no configured endpoint, as in a test, has no secret of its own. */
export type Signed = Pick<Endpoint, 'uuid' | 'sealedSecret'> | undefined

const CACHED_SECRETS = 1000

/**
 * All headers of one attempt. A credential of type hmac signs, else the endpoint's own secret, also beside bearer
 * and basic; without either there is no signature, but always the message's id and time.
 */
export function headersFor(
  sealer: Sealer,
  endpoint: Signed,
  credential: Credential | undefined,
  { messageId, body, nowSeconds }: Message,
): Record<string, string> {
  const secret = credentialSecret(sealer, credential)
  const headerName = credential?.headerName ?? undefined
  return {
    'content-type': 'application/json',
    ...authorization(secret, headerName),
    ...signWebhook({
      id: messageId,
      body,
      timestampSeconds: nowSeconds,
      ...(secret.auth_type === 'hmac'
        ? { secret: secret.secret, keyId: secret.key_id, headerName }
        : { secret: endpointSecret(sealer, endpoint) }),
    }),
  }
}

/** What an excerpt of the receiver's answer must not show, should it echo what it got. */
export function secretsSent(sealer: Sealer, credential: Credential | undefined): string[] {
  const secret = credentialSecret(sealer, credential)
  switch (secret.auth_type) {
    case 'bearer':
      return [secret.token]
    case 'basic':
      return [secret.password, basicToken(secret)]
    default:
      return []
  }
}

/** A token in a header of its own goes without the word that only `Authorization` needs. */
function authorization(secret: Secret, headerName = 'authorization'): Record<string, string> {
  if (secret.auth_type === 'basic') return { authorization: `Basic ${basicToken(secret)}` }
  if (secret.auth_type !== 'bearer') return {}
  const named = headerName.toLowerCase()
  return { [named]: named === 'authorization' ? `Bearer ${secret.token}` : secret.token }
}

const basicToken = ({ username, password }: { username: string; password: string }) =>
  Buffer.from(`${username}:${password}`).toString('base64')

const none: Secret = { auth_type: 'none' }

function credentialSecret(sealer: Sealer, credential: Credential | undefined): Secret {
  if (!credential?.sealed) return none
  return opened(sealer, credential.sealed, () => openCredential(sealer, credential)) as Secret
}

function endpointSecret(sealer: Sealer, endpoint: Signed): string | undefined {
  if (!endpoint?.sealedSecret) return undefined
  const { sealedSecret, uuid } = endpoint
  return opened(sealer, sealedSecret, () => sealer.open(sealedSecret, endpointSecretAad(uuid))) as string
}

/** Opening costs more than signing, and a sealed text never changes: a new secret is another text. */
const cache = new WeakMap<Sealer, Map<string, Secret | string>>()

function opened(sealer: Sealer, sealed: string, open: () => Secret | string): Secret | string {
  const known = cache.get(sealer) ?? new Map<string, Secret | string>()
  cache.set(sealer, known)
  const found = known.get(sealed)
  if (found !== undefined) return found
  const secret = open()
  if (known.size >= CACHED_SECRETS) known.clear()
  known.set(sealed, secret)
  return secret
}
