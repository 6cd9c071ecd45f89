import type { AppLevel } from '../gate/requirement.ts'
import { type Wrong as AppWrong, appIn } from '../gate/written-app.ts'
import { secondsInWords } from '../gate/written-rules.ts'
import { GROUP_NAME } from '../operators/groups.ts'
import { type ClientUris, isTakenTogether, jwksIn, redirectIn, type UriReason, webUriIn } from './client-uris.ts'
import type { ClientRow } from './clients.ts'
import type { Alg } from './keys.ts'

const LINES_AT_MOST = 50 // of one field
const VALUE_AT_MOST = 200 // characters

export const AUTH_METHODS = ['client_secret', 'private_key_jwt', 'none'] as const
export type AuthMethod = ClientRow['authMethod']
export const ALGS: readonly Alg[] = ['RS256', 'ES256', 'EdDSA']

/** An app's client as an operator writes it: on a page and at the command line alike. */
export type WrittenClient = {
  /** The app's: the client's `client_id`. */
  name: string
  /** Of the app. Empty: as its name. */
  title: string
  groups: readonly string[]
  level: string
  /** `15m`; empty: however long the session lasts. */
  maxAge: string
  redirects: readonly string[]
  /** Where people may be sent after signing out. */
  signedOut: readonly string[]
  /** Where it hears of a sign-out; empty: nowhere. */
  backchannel: string
  /** `client_secret`, `private_key_jwt` or `none`. */
  auth: string
  /** Its public keys as JSON (RFC 7517), or where it publishes them. Only for `private_key_jwt`. */
  jwks: string
  jwksUri: string
  /** Of its ID tokens: `RS256`, `ES256` or `EdDSA`. */
  alg: string
  needsPkce: boolean
  /** Each person is asked before it hears about them. */
  isThirdParty: boolean
  /** It knows each person by a name that no other client has for them. */
  isPairwise: boolean
  /** Claims are only at userinfo, not in the ID token. */
  isStrict: boolean
  usesDeviceFlow: boolean
  /** `GROUP CLAIM VALUE`: what it hears of the group's members. */
  claims: readonly string[]
}

/** What a new client has unless it is written otherwise. */
export const NEW_CLIENT: Omit<WrittenClient, 'name'> = {
  ...{ title: '', groups: [], level: 'second_factor', maxAge: '', redirects: [], signedOut: [], backchannel: '' },
  ...{ auth: 'client_secret', jwks: '', jwksUri: '', alg: 'RS256', needsPkce: true, isThirdParty: false },
  ...{ isPairwise: false, isStrict: false, usesDeviceFlow: false, claims: [] },
}

/** What is to take the place of what there is. A client keeps its name. */
export type ClientChange = { [Key in Exclude<keyof WrittenClient, 'name'>]?: WrittenClient[Key] | undefined }

export type GroupClaim = { group: string; claim: string; value: string }

/** In the form in which it is stored, with its groups by name. */
export type ClientValues = {
  name: string
  title: string
  groups: string[]
  level: AppLevel
  maxAge: number | null
  redirects: string[]
  signedOut: string[]
  backchannel: string | null
  auth: AuthMethod
  jwks: string | null
  jwksUri: string | null
  alg: Alg
  needsPkce: 0 | 1
  isThirdParty: 0 | 1
  isPairwise: 0 | 1
  isStrict: 0 | 1
  usesDeviceFlow: 0 | 1
  claims: GroupClaim[]
}

export type ClientWrongReason =
  | Exclude<AppWrong['reason'], 'no_hosts' | 'no_host' | 'wildcard' | 'portal_host' | 'host_taken'>
  | UriReason
  | ('no_redirects' | 'scheme_beside_http' | 'no_auth' | 'no_alg' | 'public_needs_pkce')
  | ('no_jwks' | 'private_jwks' | 'one_of_jwks' | 'jwks_without_use')
  | ('pairwise_needs_one_host' | 'pairwise_without_device' | 'no_claim' | 'standard_claim')

/** What is wrong, as it was written. `at` counts the lines of the field from 0. */
export type ClientWrong = { field: keyof WrittenClient; at: number; value: string; reason: ClientWrongReason }

/** Where the portal is. */
type Site = { baseUrl: string }

/** The values, or all that is wrong. Whether its groups are there, only the database can say. */
export function clientIn(
  written: WrittenClient,
  site: Site,
): { ok: true; client: ClientValues } | { ok: false; wrong: ClientWrong[] } {
  const { name, title, groups, level, maxAge } = written
  const app = appIn({ ...NO_RULES, name, title, groups, level, maxAge }, { ...site, needsHost: false })
  const wrong: ClientWrong[] = app.ok ? [] : (app.wrong as ClientWrong[])
  const say = (field: ClientWrong['field'], reason: ClientWrongReason, value: string, at = 0) =>
    void wrong.push({ field, at, value, reason })

  /** Each line by itself; no two may be about the same thing. */
  function eachLine<Value>(
    field: 'redirects' | 'signedOut' | 'claims',
    read: (line: string) => { value: Value } | { wrong: ClientWrongReason },
    about: (value: Value) => string,
  ): Value[] {
    const found = new Map<string, Value>()
    if (written[field].length > LINES_AT_MOST) say(field, 'too_many', `${written[field].length}`)
    for (const [at, line] of written[field].slice(0, LINES_AT_MOST).entries()) {
      const one = read(line.trim())
      if ('wrong' in one) say(field, one.wrong, line, at)
      else if (found.has(about(one.value))) say(field, 'twice', line, at)
      else found.set(about(one.value), one.value)
    }
    return [...found.values()]
  }

  const uris: ClientUris = {
    redirects: eachLine('redirects', (line) => redirectIn(line, site), String),
    signedOut: eachLine('signedOut', (line) => redirectIn(line, site), String),
  }
  if (written.redirects.length === 0 && !written.usesDeviceFlow) say('redirects', 'no_redirects', '')
  if (!isTakenTogether(uris)) say('redirects', 'scheme_beside_http', '')
  const backchannel = optionalUri('backchannel')
  const auth = AUTH_METHODS.find((method) => method === written.auth)
  if (!auth) say('auth', 'no_auth', written.auth)
  const alg = ALGS.find((alg) => alg === written.alg)
  if (!alg) say('alg', 'no_alg', written.alg)
  const keys = keysOf(auth)
  if (auth === 'none' && !written.needsPkce) say('needsPkce', 'public_needs_pkce', '')
  if (written.isPairwise) {
    if (written.usesDeviceFlow) say('isPairwise', 'pairwise_without_device', '')
    else if (new Set(uris.redirects.map((uri) => new URL(uri).host)).size !== 1)
      say('isPairwise', 'pairwise_needs_one_host', '')
  }
  const claims = eachLine('claims', claimIn, ({ group, claim }) => `${group} ${claim}`)

  if (wrong.length > 0 || !app.ok || !auth || !alg) return { ok: false, wrong }
  const client = {
    ...{ name, title: app.app.title, groups: app.app.groups, level: app.app.level, maxAge: app.app.maxAge },
    ...{ ...uris, backchannel, auth, ...keys, alg, claims },
    ...{ needsPkce: bit(written.needsPkce), isThirdParty: bit(written.isThirdParty) },
    ...{ isPairwise: bit(written.isPairwise), isStrict: bit(written.isStrict) },
    usesDeviceFlow: bit(written.usesDeviceFlow),
  }
  return { ok: true, client: inOrder(client) }

  function optionalUri(field: 'backchannel' | 'jwksUri'): string | null {
    const text = written[field].trim()
    if (text === '') return null
    const read = webUriIn(text)
    if ('value' in read) return read.value
    say(field, read.wrong, text)
    return null
  }

  function keysOf(auth: AuthMethod | undefined): { jwks: string | null; jwksUri: string | null } {
    const jwks = written.jwks.trim()
    const jwksUri = optionalUri('jwksUri')
    const areThere = Number(jwks !== '') + Number(written.jwksUri.trim() !== '')
    if (auth !== 'private_key_jwt') {
      if (auth && areThere > 0) say('auth', 'jwks_without_use', '')
      return { jwks: null, jwksUri: null }
    }
    if (areThere !== 1) say('jwks', 'one_of_jwks', '')
    const read = jwks === '' ? undefined : jwksIn(jwks)
    if (read && 'wrong' in read) say('jwks', read.wrong, '')
    return { jwks: read && 'value' in read ? read.value : null, jwksUri }
  }
}

/** All but the URIs, where the operator's order stays. */
export const inOrder = (client: ClientValues): ClientValues => ({
  ...client,
  groups: client.groups.toSorted(),
  claims: client.claims.toSorted((a, b) => (claimLine(a) < claimLine(b) ? -1 : 1)),
})

/** As an operator would write it; `clientIn` makes the same of it again. */
export const asWritten = (client: ClientValues): WrittenClient => ({
  ...{ name: client.name, title: client.title, groups: client.groups, level: client.level },
  maxAge: client.maxAge === null ? '' : secondsInWords(client.maxAge),
  ...{ redirects: client.redirects, signedOut: client.signedOut, backchannel: client.backchannel ?? '' },
  ...{ auth: client.auth, jwks: client.jwks ?? '', jwksUri: client.jwksUri ?? '', alg: client.alg },
  ...{ needsPkce: client.needsPkce === 1, isThirdParty: client.isThirdParty === 1 },
  ...{ isPairwise: client.isPairwise === 1, isStrict: client.isStrict === 1 },
  usesDeviceFlow: client.usesDeviceFlow === 1,
  claims: client.claims.map(claimLine),
})

export const changed = (client: WrittenClient, change: ClientChange): WrittenClient => ({
  ...client,
  ...(Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<WrittenClient>),
  name: client.name,
})

export const claimLine = ({ group, claim, value }: GroupClaim): string => `${group} ${claim} ${value}`

const bit = (is: boolean): 0 | 1 => (is ? 1 : 0)
const NO_RULES = { hosts: [], paths: [], networks: [], takesTokens: false, tellsIdentity: true }

/** What ID tokens, userinfo and introspection say by themselves, or would read as something of the protocol. */
const STANDARD: ReadonlySet<string> = new Set([
  ...['sub', 'iss', 'aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'auth_time', 'acr', 'amr', 'sid', 'events'],
  ...['at_hash', 'c_hash', 's_hash', 'cnf', 'act', 'scope', 'client_id', 'active', 'token_type', 'username'],
  ...['email', 'email_verified', 'name', 'preferred_username', 'groups', 'openid', 'profile', 'offline_access'],
  ...['_claim_names', '_claim_sources', 'rejected'],
])
const CLAIM = /^[A-Za-z][\w.:/-]{0,99}$/

function claimIn(line: string): { value: GroupClaim } | { wrong: ClientWrongReason } {
  const [, group = '', claim = '', value = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? []
  if (!CLAIM.test(claim) || value.length > VALUE_AT_MOST || /[\p{Cc}\p{Cs}]/u.test(value)) return { wrong: 'no_claim' }
  if (!GROUP_NAME.test(group)) return { wrong: 'no_such_group' }
  if (STANDARD.has(claim) || claim in {}) return { wrong: 'standard_claim' }
  return { value: { group, claim, value } }
}
