import { timingSafeEqual } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import { hashToken } from '../lib/tokens.ts'
import { isNative } from './client-uris.ts'
import type { Alg } from './keys.ts'

/** An app's client as it is stored. */
export type ClientRow = Readonly<{
  appId: string
  /** The app's, which is its `client_id`. */
  name: string
  title: string
  authMethod: 'client_secret' | 'private_key_jwt' | 'none'
  secretHash: string | null
  previousHash: string | null
  previousUntil: Date | null
  jwks: string | null
  jwksUri: string | null
  signingAlg: Alg
  needsPkce: 0 | 1
  isThirdParty: 0 | 1
  pairwiseSalt: string | null
  isStrict: 0 | 1
  usesDeviceFlow: 0 | 1
  backchannelUri: string | null
  createdAt: Date
  uris: readonly Readonly<{ purpose: 'redirect' | 'signed_out'; uri: string }>[]
}>

/** What we add to what the library knows of a client. */
export const OWN_METADATA = ['secret_hashes', 'needs_pkce', 'pairwise_salt', 'title'] as const

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** A client in the words of OpenID Connect Dynamic Client Registration, section 2. */
export function metadataOf(client: ClientRow, now: Date): ClientMetadata {
  const { name, uris, pairwiseSalt, backchannelUri, jwks, jwksUri } = client
  const redirects = uris.filter(({ purpose }) => purpose === 'redirect').map(({ uri }) => uri)
  const signedOut = uris.filter(({ purpose }) => purpose === 'signed_out').map(({ uri }) => uri)
  const secretHashes = [
    client.secretHash,
    client.previousUntil && client.previousUntil > now ? client.previousHash : null,
  ].filter((hash) => hash !== null)
  return {
    client_id: name,
    title: client.title,
    client_name: client.title,
    token_endpoint_auth_method: client.authMethod === 'client_secret' ? 'client_secret_basic' : client.authMethod, // a secret is taken by either way,
    // Nobody sends a hash: secretIsOf compares what is sent with those beside it.
    ...(client.authMethod === 'client_secret' && { client_secret: secretHashes[0] ?? '-' }),
    secret_hashes: secretHashes,
    application_type: isNative({ redirects, signedOut }) ? 'native' : 'web',
    redirect_uris: redirects,
    post_logout_redirect_uris: signedOut,
    response_types: redirects.length > 0 ? ['code'] : [],
    grant_types: [
      ...(redirects.length > 0 ? ['authorization_code'] : []),
      'refresh_token',
      ...(client.usesDeviceFlow ? [DEVICE_GRANT] : []),
    ],
    id_token_signed_response_alg: client.signingAlg,
    needs_pkce: client.needsPkce === 1,
    subject_type: pairwiseSalt ? 'pairwise' : 'public',
    pairwise_salt: pairwiseSalt ?? undefined,
    ...(jwks && { jwks: JSON.parse(jwks) }),
    ...(jwksUri && { jwks_uri: jwksUri }),
    ...(backchannelUri && { backchannel_logout_uri: backchannelUri, backchannel_logout_session_required: true }),
  }
}

/** Compares in constant time. */
export function secretIsOf({ secret_hashes: hashes }: { secret_hashes?: unknown }, secret: string): boolean {
  const sent = Buffer.from(hashToken(secret))
  const all = Array.isArray(hashes) ? hashes : []
  return all.filter((hash) => timingSafeEqual(Buffer.from(String(hash)), sent)).length > 0
}
