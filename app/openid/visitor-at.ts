import { groupsNow, isEntitled, type Lacking, missingFor } from '../gate/check.ts'
import { type AppLevel, type Requirement, stricter } from '../gate/requirement.ts'
import { warnedOfRecovery } from '../identity/recovery.ts'
import type { SessionDeps } from '../identity/session.ts'
import { type StandingDeps, sessionClosed, standing } from '../identity/standing.ts'
import type { SignedIn } from '../identity/visitor.ts'
import { type ProofDeps, proofOf } from './proof.ts'

type Group = Readonly<{ id: string; name: string }>
type Member = Readonly<{ groupId: string; name: string; until: Date | null }>
/** The app of a client. */
export type ClientsApp = Readonly<{
  id: string
  name: string
  title: string
  level: AppLevel
  maxAge: number | null
  isThirdParty: 0 | 1
  isStrict: 0 | 1
  pairwiseSalt: string | null
}>

/** Somebody signed in, and a client's app, if there is one of that name. */
export type AtClient = SignedIn &
  Readonly<{
    apps: readonly ClientsApp[]
    groups: readonly Group[]
    memberIn: readonly Member[]
    claims: readonly Readonly<{ groupId: string; claim: string; value: string }>[]
    /** What they have allowed the client. */
    consents: readonly Readonly<{ scopes: string }>[]
    /** How many of their passkeys may be on several devices. */
    hasCopies: number
  }>

export type AtClientDeps = SessionDeps & StandingDeps & ProofDeps

/** Somebody as they stand now. Undefined for whoever may do nothing before something else. */
export function presentAt<Found extends AtClient>(deps: AtClientDeps, found: Found | undefined): Found | undefined {
  if (found?.session.client !== 'browser' || sessionClosed(deps, found)) return undefined
  const visitor = warnedOfRecovery(found, deps.now())
  return standing(deps, visitor, 'anything') === 'go_on' ? visitor : undefined
}

/** In any group that the app is open to. */
export const mayUse = (deps: { now(): Date }, visitor: AtClient): boolean =>
  isEntitled(visitor, groupsNow(visitor, deps.now()))

/**
 * What they lack for the app, and for what the client asks for beyond that. The app itself is content with a browser that is trusted;
 * whoever asks for a second factor gets a sign-in that had one. `held`: the next has to be one that its owner holds.
 */
export function lacksFor(
  deps: ProofDeps & { now(): Date },
  visitor: AtClient,
  app: Pick<ClientsApp, 'level' | 'maxAge'>,
  asked: Requirement,
): Lacking | undefined {
  const missing = missingFor(stricter(app, asked), visitor, deps.now())
  const since = asked.maxAge === null ? undefined : deps.now().getTime() - asked.maxAge * 1000
  return missing && missing !== 'second_factor' ? missing : (heldFor(deps, visitor, asked, since) ?? missing)
}

/** Who is asked for a second factor that counts gets no other past the page that asks. */
export const heldFor = (
  deps: ProofDeps,
  visitor: AtClient,
  asked: Pick<Requirement, 'level'>,
  since?: number,
): Lacking | undefined =>
  asked.level !== 'second_factor' || proofOf(deps, visitor, since).acr !== '1'
    ? undefined
    : deps.anyIsMfa
      ? 'second_factor'
      : 'held'

const LEVEL_OF: Record<string, AppLevel> = {
  1: 'password',
  2: 'second_factor',
  phr: 'phishing_resistant',
  phrh: 'phishing_resistant',
}
const RANKS: readonly AppLevel[] = ['password', 'second_factor', 'phishing_resistant']

/** Any of the `acr_values` is enough (OpenID Connect Core section 3.1.2.1). Unknown ones ask for nothing. `maxAge` in seconds. */
export function askedOf(acrs: readonly string[], maxAge: number | undefined): Requirement {
  const levels = acrs.flatMap((acr) => LEVEL_OF[acr] ?? [])
  const level = RANKS.find((rank) => levels.includes(rank)) ?? 'public'
  return { level: level === 'public' && maxAge !== undefined ? 'password' : level, maxAge: maxAge ?? null }
}
