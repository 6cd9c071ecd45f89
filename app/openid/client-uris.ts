import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { networkIn, within } from '../lib/network.ts'

const LONGEST = 500 // characters
const JWKS_LONGEST = 20_000
const PLAIN = /^[\x21-\x7e]+$/
const LADDER = /\/(\.|%2e){1,2}(\/|$)/i // a dot segment, which a parser takes away

export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

export type ClientUris = { redirects: string[]; signedOut: string[] }

export type UriReason = 'no_uri' | 'uri_wildcard' | 'uri_fragment' | 'uri_userinfo' | 'uri_scheme' | 'http_elsewhere'
type Read = { value: string } | { wrong: UriReason }

/**
 * Where an app may have people sent back to: it is compared with what the app sends, letter by letter. A page at https, or at http on a
 * machine at home; a scheme of the app's own (RFC 8252 section 7.1).
 */
export function redirectIn(text: string, { baseUrl }: { baseUrl: string }): Read {
  const read = uriIn(text)
  if ('wrong' in read) return read
  const { protocol, hostname } = new URL(text)
  if (protocol === 'https:') return read
  if (protocol !== 'http:') return TAKEN.has(protocol) ? { wrong: 'uri_scheme' } : read
  return isAtHome(hostname) || baseUrl.startsWith('http:') ? read : { wrong: 'http_elsewhere' }
}

/** Where the server itself asks or tells something. */
export function webUriIn(text: string): Read {
  const read = uriIn(text)
  return 'wrong' in read || /^https?:$/.test(new URL(text).protocol) ? read : { wrong: 'uri_scheme' }
}

function uriIn(text: string): Read {
  if (text.includes('*')) return { wrong: 'uri_wildcard' }
  if (text.includes('#')) return { wrong: 'uri_fragment' }
  if (text.length > LONGEST || !PLAIN.test(text) || text.includes('\\') || !URL.canParse(text))
    return { wrong: 'no_uri' }
  const { protocol, username, password, hostname } = new URL(text)
  const [authority = '', path = ''] = partsOf(text)
  if (username || password || authority.includes('@')) return { wrong: 'uri_userinfo' }
  const isWeb = protocol === 'http:' || protocol === 'https:'
  if (LADDER.test(path) || (isWeb && (!/^https?:\/\/[^/]/i.test(text) || hostname === ''))) return { wrong: 'no_uri' }
  return { value: text }
}

const partsOf = (text: string) => /^[^:]+:(?:\/\/([^/?]*))?([^?]*)/.exec(text)?.slice(1) ?? []

/** Schemes that run something, read something here, or open another program than the app. */
const TAKEN: ReadonlySet<string> = new Set(
  [
    ...['javascript', 'vbscript', 'data', 'blob', 'about', 'file', 'filesystem', 'view-source', 'jar', 'resource'],
    ...['ws', 'wss', 'ftp', 'ftps', 'mailto', 'tel', 'sms', 'intent', 'content', 'chrome', 'edge', 'urn', 'ssh'],
    ...['ms-appx', 'ms-appx-web', 'cid', 'mid', 'feed', 'wyciwyg', 'livescript', 'mocha', 'moz-extension', 'search-ms'],
  ].map((scheme) => `${scheme}:`),
)

/** RFC 1918, RFC 6598, RFC 3927, RFC 4193, and names that only a network at home knows (RFC 6762, RFC 8375). */
const isPrivate = within(
  ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'].flatMap(
    (text) => networkIn(text) ?? [],
  ),
)
const isPrivate6 = within(['::1/128', 'fc00::/7', 'fe80::/10'].flatMap((text) => networkIn(text) ?? []))
const HOME_NAME = /(^[^.]+|\.(local|localhost|localdomain|lan|home|internal|intranet|home\.arpa|test))\.?$/

function isAtHome(hostname: string): boolean {
  if (LOOPBACK.has(hostname)) return true
  const address = hostname.replace(/^\[|\]$/g, '')
  return isPrivate(address) || isPrivate6(address) || (!hostname.startsWith('[') && HOME_NAME.test(hostname))
}

/** How a URI leads to an app: by a scheme of its own, at the same machine, or as pages do. */
function kindOf(uri: string): 'own' | 'loopback' | 'https' | 'web' {
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'https:') return LOOPBACK.has(hostname) ? 'web' : 'https'
  if (protocol !== 'http:') return 'own'
  return LOOPBACK.has(hostname) ? 'loopback' : 'web'
}

const kindsOf = ({ redirects, signedOut }: Readonly<Record<keyof ClientUris, readonly string[]>>) =>
  [...redirects, ...signedOut].map(kindOf)

/**
 * RFC 8252: an app on a phone or a desk has a scheme of its own, or a port of the same machine, whichever is free. The library takes
 * plain http from no other host for one, so what has such a host as well is compared exactly.
 */
export const isNative = (uris: Readonly<Record<keyof ClientUris, readonly string[]>>): boolean => {
  const kinds = kindsOf(uris)
  return kinds.some((kind) => kind === 'own' || kind === 'loopback') && !kinds.includes('web')
}

/** A scheme of an app's own is only taken for one on a phone or a desk. */
export const isTakenTogether = (uris: ClientUris): boolean => !kindsOf(uris).includes('own') || isNative(uris)

/** Public keys as JSON (RFC 7517), each of a kind that signs. */
export function jwksIn(text: string): { value: string } | { wrong: 'no_jwks' | 'private_jwks' } {
  const keys = text.length > JWKS_LONGEST ? undefined : keysIn(text)
  if (!keys || keys.length === 0) return { wrong: 'no_jwks' }
  if (keys.some((key) => 'd' in key || 'k' in key)) return { wrong: 'private_jwks' }
  return keys.every(isPublicKey) ? { value: JSON.stringify({ keys }) } : { wrong: 'no_jwks' }
}

function keysIn(text: string): object[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null) ? keys : undefined
  } catch {
    return undefined
  }
}

function isPublicKey(key: object): boolean {
  try {
    createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
