import type { AccessTokenDeps } from '../access-tokens/access-tokens.ts'
import { tokenHolder } from '../access-tokens/access-tokens.ts'
import { isDueToBeSeen, type SessionDeps } from '../identity/session.ts'
import { type StandingDeps, sessionClosed, standing } from '../identity/standing.ts'
import type { Account, Session, SignedIn, Token, TokenHolder } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, looksLikeToken } from '../lib/tokens.ts'
import { type Scheme, schemeOf } from './hosts.ts'
import { askedPath } from './paths.ts'
import { type AppLevel, type Decisive, type Requirement, type Rules, requirementOf } from './requirement.ts'

/** A request to an app, as its proxy tells of it. `host` is canonical; `search` begins with `?` or is empty, and has no hand-over code in it. */
export type Asked = {
  method: string
  scheme: Scheme
  host: string
  path: string
  search: string
  isNavigation: boolean
  origin: Origin
}

/** What it shows of who sends it. */
export type Shown = { gateToken: string | undefined; accessToken: string | undefined }

/** What an app hears of who is there; nothing of somebody unknown to it. */
export type Identity = { user: string; email: string; name: string; groups: string[] }
export const NOBODY: Identity = { user: '', email: '', name: '', groups: [] }

export type App = {
  id: string
  name: string
  title: string
  level: AppLevel
  maxAge: number | null
  takesTokens: 0 | 1
  tellsIdentity: 0 | 1
}

/** What somebody has to show before an app opens to a session that is good otherwise. */
export type Missing = 'password' | 'second_factor' | 'set_up_second_factor' | 'resistant' | 'add_resistant'
/** `held`: a second factor that is no recovery code. Only whom apps tell of the level of a sign-in asks for that. */
export type Lacking = Missing | 'held'

export type Verdict =
  | { verdict: 'let_in'; app: App; identity: Identity }
  | { verdict: 'sign_out'; app: App }
  /** Nobody is there, or somebody whom the portal leads to something else first. */
  | { verdict: 'sign_in'; app: App }
  | { verdict: 'step_up'; app: App; requirement: Requirement; missing: Missing }
  /** `not_entitled`: in none of its groups. `no_token_here`: the access token may not come here, or the path asks for more than one. */
  | { verdict: 'refused'; reason: 'not_entitled' | 'no_token_here'; app: App }
  | { verdict: 'refused'; reason: 'unknown_host' | 'other_scheme'; app?: undefined }

type Group = Readonly<{ id: string; name: string }>
type Member = Readonly<{ groupId: string; name: string; until: Date | null }>
export type AtHost = Readonly<{ app: App; groups: readonly Group[]; memberIn: readonly Member[] }> &
  Pick<Rules, 'paths' | 'networks'>
export type VisitAtHost = AtHost &
  Readonly<{
    gateSession: { tokenHash: string; lastSeenAt: Date } | null
    session: Session | null
    account: Account | null
  }>
export type TokenAtHost = AtHost &
  Readonly<{
    token: Token | null
    account: (TokenHolder['account'] & Pick<Account, 'username' | 'displayName'>) | null
  }>

export type GateStore = {
  atHost(host: string, tokenHash: string): Promise<VisitAtHost | undefined>
  atHostByToken(host: string, tokenHash: string): Promise<TokenAtHost | undefined>
  seen(of: { tokenHash: string; sessionId: string; at: Date }): Promise<void>
}

export type CheckDeps = SessionDeps & StandingDeps & AccessTokenDeps & { gate: GateStore; baseUrl: string }

/** Answered by the check at every host of an app. */
export const SIGN_OUT_PATH = '/.latchkey/sign-out'

/** The scope of an access token that opens an app. */
export const scopeOf = ({ name }: Pick<App, 'name'>): string => `app:${name}`

/**
 * May this request reach the app? One read, and at most once a minute a write. A cookie of the host or an access token opens it, and
 * nothing else does.
 */
export async function check(deps: CheckDeps, asked: Asked, shown: Shown): Promise<Verdict> {
  if (asked.scheme !== schemeOf(deps.baseUrl)) return { verdict: 'refused', reason: 'other_scheme' }
  if (shown.accessToken !== undefined && asked.path !== SIGN_OUT_PATH) return checkToken(deps, asked, shown.accessToken)
  const { gateToken } = shown
  const found = await deps.gate.atHost(
    asked.host,
    gateToken && looksLikeGateToken(gateToken) ? hashToken(gateToken) : '',
  )
  if (!found) return { verdict: 'refused', reason: 'unknown_host' }
  const { app } = found
  if (asked.path === SIGN_OUT_PATH) return { verdict: 'sign_out', app }
  const requirement = requirementFor(found, asked)
  const visitor = visitorIn(found)
  const closed = visitor && sessionClosed(deps, visitor)
  if (visitor && closed === 'ended') await deps.sessions.end(visitor.session.id) // for good, as at the portal
  const verdict = verdictOf(deps, found, requirement, closed ? undefined : visitor)
  const use = verdict.verdict === 'let_in' && requirement.level !== 'public' ? useOf(deps, asked, found) : undefined
  if (use) await deps.gate.seen(use)
  return verdict
}

/** What whoever is there gets where that is required. It reads and writes nothing: whoever explains the gate asks it as well. */
export function verdictOf(
  deps: StandingDeps,
  found: AtHost,
  requirement: Requirement,
  visitor: SignedIn | undefined,
): Verdict {
  const { app } = found
  const at = deps.now()
  const good = visitor !== undefined && standing(deps, visitor, 'anything') === 'go_on'
  const groups = groupsNow(found, at)
  const entitled = isEntitled(found, groups)
  if (requirement.level === 'public') {
    const identity = good && entitled ? identityOf(app, visitor.account, groups) : NOBODY
    return { verdict: 'let_in', app, identity }
  }
  if (!good) return { verdict: 'sign_in', app }
  if (!entitled) return { verdict: 'refused', reason: 'not_entitled', app }
  const missing = missingFor(requirement, visitor, at)
  if (missing) return { verdict: 'step_up', app, requirement, missing }
  return { verdict: 'let_in', app, identity: identityOf(app, visitor.account, groups) }
}

/** Rules that ask for more than the app itself does ask for a person. */
async function checkToken(deps: CheckDeps, asked: Asked, value: string): Promise<Verdict> {
  const found = await deps.gate.atHostByToken(asked.host, hashToken(value))
  if (!found) return { verdict: 'refused', reason: 'unknown_host' }
  const { token, account } = found
  const holder =
    token && account ? await tokenHolder(deps, value, asked.origin, async () => ({ token, account })) : undefined
  return verdictOfToken(deps, found, requirementFor(found, asked), holder)
}

type Holder = TokenHolder & { account: Pick<Account, 'username' | 'displayName'> }

/** The same for an access token. */
export function verdictOfToken(
  deps: StandingDeps,
  found: AtHost,
  requirement: Requirement & Decisive,
  holder: Holder | undefined,
): Verdict {
  const { app } = found
  const works = holder !== undefined && standing(deps, holder, 'anything') === 'go_on'
  const groups = groupsNow(found, deps.now())
  const fits = works && app.takesTokens === 1 && holder.token.scopes.split(' ').includes(scopeOf(app))
  const entitled = fits && isEntitled(found, groups)
  if (requirement.level === 'public')
    return { verdict: 'let_in', app, identity: entitled ? identityOf(app, holder.account, groups) : NOBODY }
  if (!works) return { verdict: 'sign_in', app }
  if (!entitled || asksForMore(app, requirement)) return { verdict: 'refused', reason: 'no_token_here', app }
  return { verdict: 'let_in', app, identity: identityOf(app, holder.account, groups) }
}

/** 128 random bits in hexadecimal, and no token of the portal's. */
export const looksLikeGateToken = (text: string): boolean => /^[0-9a-f]{32}$/.test(text) && !looksLikeToken(text)

export const requirementFor = (
  { app, paths, networks }: Pick<AtHost, 'app' | 'paths' | 'networks'>,
  { path, origin }: Pick<Asked, 'path' | 'origin'>,
): Requirement & Decisive =>
  requirementOf({ level: app.level, maxAge: app.maxAge, paths, networks }, askedPath(path), origin.address)

const asksForMore = (app: App, { level, maxAge, by }: Requirement & Decisive) =>
  by !== 'network' && (level !== app.level || maxAge !== app.maxAge)

const visitorIn = ({ session, account }: VisitAtHost): SignedIn | undefined =>
  session && account && session.client === 'browser' ? { session, account } : undefined

export const groupsNow = ({ memberIn }: Pick<AtHost, 'memberIn'>, at: Date): Member[] =>
  memberIn.filter(({ until }) => !until || until > at)

export const isEntitled = ({ groups }: Pick<AtHost, 'groups'>, held: readonly Member[]): boolean =>
  held.some(({ groupId }) => groups.some(({ id }) => id === groupId))

const identityOf = (
  { tellsIdentity }: App,
  { username, email, displayName }: Pick<Account, 'username' | 'email' | 'displayName'>,
  groups: readonly Member[],
): Identity =>
  tellsIdentity === 1
    ? { user: username, email, name: displayName ?? '', groups: groups.map(({ name }) => name) }
    : NOBODY

/**
 * What the session has to show before it has what is required; undefined if it has. A browser that is trusted showed a second factor when
 * it became so, which counts as long as nobody asks when.
 */
export function missingFor(
  { level, maxAge }: Requirement,
  { session, account }: SignedIn,
  now: Date,
): Missing | undefined {
  const { startedAt, provedAt, resistedAt, passwordAt, method } = session
  if (level === 'public') return undefined
  if (level === 'password') {
    const last = [startedAt, provedAt, passwordAt].reduce<Date>((last, at) => (at && at > last ? at : last), startedAt)
    return isYoung(last, maxAge, now) ? undefined : 'password'
  }
  if (!account.secondFactorSince) return 'set_up_second_factor'
  if (level === 'phishing_resistant') {
    if (!account.phishingResistantSince) return 'add_resistant'
    return resistedAt && isYoung(resistedAt, maxAge, now) ? undefined : 'resistant'
  }
  if (method === 'trusted_browser' && maxAge === null) return undefined
  return provedAt && isYoung(provedAt, maxAge, now) ? undefined : 'second_factor'
}

const isYoung = (at: Date, maxAge: number | null, now: Date) =>
  maxAge === null || now.getTime() - at.getTime() <= maxAge * 1000

/** Only what a person does, and once a minute: a page that asks by itself doesn't keep the session alive. */
function useOf(deps: SessionDeps, { isNavigation }: Asked, { gateSession, session }: VisitAtHost) {
  if (!isNavigation || !gateSession || !session) return undefined
  const at = deps.now()
  const isDue = [gateSession, session].some(({ lastSeenAt }) => isDueToBeSeen(deps, lastSeenAt, at))
  return isDue ? { tokenHash: gateSession.tokenHash, sessionId: session.id, at } : undefined
}
