import { warnedOfRecovery } from '../identity/recovery.ts'
import type { Method } from '../identity/security-events.ts'
import { sessionClosed, tokenClosed } from '../identity/standing.ts'
import type { Account, Session, SignedIn, Token } from '../identity/visitor.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { type OwnerDeps, ownerNamed } from '../operators/owners.ts'
import {
  type App,
  type AtHost,
  type CheckDeps,
  requirementFor,
  SIGN_OUT_PATH,
  scopeOf,
  type Verdict,
  verdictOf,
  verdictOfToken,
} from './check.ts'
import { canonicalHost, schemeOf } from './hosts.ts'
import type { Decisive, Requirement } from './requirement.ts'

const A_DAY = 24 * 60 * 60_000
const NOBODYS = 'made up' // an id that no row has

/** An account as the gate sees it, with where it is signed in. */
export type AtGate = Pick<AtHost, 'memberIn'> & Readonly<{ account: Account; sessions: readonly Session[] }>

export type ExplainDeps = CheckDeps &
  OwnerDeps & { apps: { accountAtGate(of: { accountId: number; host: string }): Promise<AtGate | undefined> } }

/** What an account could come with: a session that it has, one that it would have after a sign-in now, or an access token. */
export type Way =
  | { by: 'session'; browser: string; startedAt: Date }
  | { by: 'sign_in'; method: Extract<Method, 'password' | 'authenticator' | 'passkey' | 'trusted_browser'> }
  | { by: 'access_token'; scope: string }

export type Explained = {
  host: string
  path: string
  app: App
  groups: string[]
  required: Requirement & Decisive
  /** The check answers it itself, whoever comes. */
  isSignOut: boolean
  stranger: Verdict
  ways: { way: Way; verdict: Verdict }[]
}

type Refused = { ok: false; reason: 'no_url' | 'other_scheme' | 'unknown_host' | 'no_such_account' }

/**
 * What a request would be answered, by the rules of the check themselves. `called` is an address or a username, `address` where the
 * request comes from: without one, no network's rule is about it.
 */
export async function explain(
  deps: ExplainDeps,
  { url, called, address = '' }: { url: string; called?: string | undefined; address?: string | undefined },
): Promise<{ ok: true; explained: Explained } | Refused> {
  const [, scheme = '', spelled = '', target = ''] = /^([a-z]+):\/\/([^/?#\s]+)([^#\s]*)/i.exec(url) ?? []
  const ours = schemeOf(deps.baseUrl)
  const host = canonicalHost(spelled, ours)
  if (host === undefined) return { ok: false, reason: 'no_url' }
  if (scheme.toLowerCase() !== ours) return { ok: false, reason: 'other_scheme' }
  const found = await deps.gate.atHost(host, '')
  if (!found) return { ok: false, reason: 'unknown_host' }
  const owner = called === undefined ? undefined : await ownerNamed(deps, called)
  const person = owner && (await deps.apps.accountAtGate({ accountId: owner.id, host }))
  if (called !== undefined && !person) return { ok: false, reason: 'no_such_account' }

  const path = pathOf(target)
  const required = requirementFor(found, { path, origin: { ...COMMAND_LINE, address } })
  const explained: Explained = {
    host,
    path,
    app: found.app,
    groups: found.groups.map(({ name }) => name),
    required,
    isSignOut: path === SIGN_OUT_PATH,
    stranger: verdictOf(deps, found, required, undefined),
    ways: person ? waysOf(deps, { ...found, memberIn: person.memberIn }, required, person) : [],
  }
  return { ok: true, explained }
}

/** As a browser sends it. */
const pathOf = (target: string): string => {
  const [path = ''] = target.split('?')
  return path === '' ? '/' : path.replace(/[^\x21-\x7e]+/gu, encodeURIComponent)
}

function waysOf(deps: ExplainDeps, found: AtHost, required: Requirement & Decisive, person: AtGate): Explained['ways'] {
  const { account } = person
  const at = deps.now()
  const asSession = (session: Session): Verdict => {
    const visitor: SignedIn = { session, account }
    const isClosed = sessionClosed(deps, visitor) !== undefined
    return verdictOf(deps, found, required, isClosed ? undefined : warnedOfRecovery(visitor, at))
  }
  const passkey = account.phishingResistantSince ? (['passkey'] as const) : []
  const methods = account.secondFactorSince
    ? (['authenticator', ...passkey, 'trusted_browser'] as const)
    : (['password'] as const)
  const scope = scopeOf(found.app)
  const holder = { token: freshToken(scope, at), account }
  const isTokenClosed = tokenClosed(deps, holder, null) !== undefined
  return [
    ...person.sessions
      .filter((session) => sessionClosed(deps, { session, account }) !== 'ended')
      .map((session) => ({
        way: { by: 'session' as const, browser: session.browser, startedAt: session.startedAt },
        verdict: asSession(session),
      })),
    ...methods.map((method) => ({
      way: { by: 'sign_in' as const, method },
      verdict: asSession(freshSession(method, at)),
    })),
    {
      way: { by: 'access_token', scope },
      verdict: verdictOfToken(deps, found, required, isTokenClosed ? undefined : holder),
    },
  ]
}

/** As a sign-in with it begins one. */
const freshSession = (method: Method, at: Date): Session => ({
  ...COMMAND_LINE,
  ...{ id: NOBODYS, tokenHash: NOBODYS, client: 'browser', method },
  ...{ startedAt: at, lastSeenAt: at, expiresAt: new Date(at.getTime() + A_DAY) },
  provedAt: method === 'authenticator' || method === 'passkey' ? at : null,
  heldAt: method === 'authenticator' || method === 'passkey' ? at : null,
  resistedAt: method === 'passkey' ? at : null,
  ...{ codesShownUntil: null, passwordAt: null },
})

const freshToken = (scopes: string, at: Date): Token => ({
  ...{ id: NOBODYS, tokenHash: NOBODYS, scopes },
  ...{ expiresAt: new Date(at.getTime() + A_DAY), previousUntil: null, lastUsedAt: null },
})
