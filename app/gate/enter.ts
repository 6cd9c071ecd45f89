import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { type App, type AtHost, groupsNow, isEntitled, type Missing, missingFor, requirementFor } from './check.ts'
import { type Destination, destinationIn, destinationOf, type HandOverDeps, sendWithCode } from './hand-over.ts'
import { schemeOf } from './hosts.ts'
import { LEVELS, type Requirement, stricter } from './requirement.ts'

/** Somebody signed in, and the app at the host to which they want, if one is there. */
export type VisitorAtHost = SignedIn & Readonly<{ apps: readonly App[] }> & Omit<AtHost, 'app'>

export type EnterStore = { visitorAtHost(tokenHash: string, host: string): Promise<VisitorAtHost | undefined> }

export type EnterDeps = { baseUrl: string; now(): Date } & HandOverDeps & { gate: EnterStore }

/** As a check wrote it: where somebody wants to go, the SHA-256 of the nonce that their browser holds there, and what they lack. */
export type Wanted = Record<'to' | 'nonceHash' | 'level' | 'maxAge', string | undefined>

export type Entering =
  | { ok: true; app: App; to: Destination; url: string }
  | { ok: false; reason: 'no_destination' }
  | { ok: false; reason: 'too_long' | 'unknown_host'; to: Destination }
  | { ok: false; reason: 'not_entitled'; app: App }
  | { ok: false; reason: 'ahead'; app: App }
  | { ok: false; reason: 'step_up'; app: App; missing: Missing }

/** Undefined for what is no URL that the check of an app wrote: of another scheme, with a user, or not from its parts. */
export const wantedIn = ({ baseUrl }: { baseUrl: string }, to: string | undefined): Destination | undefined =>
  to === undefined ? undefined : destinationIn(to, schemeOf(baseUrl))

/**
 * What the check asks for can be more than what the portal would: the app may see a person outside of the network in which the portal
 * sees them. It can't make it less.
 */
const askedFor = ({ level, maxAge }: Pick<Wanted, 'level' | 'maxAge'>): Requirement => ({
  level: LEVELS.find((known) => known === level) ?? 'public',
  maxAge: maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : null,
})

/**
 * The portal's side of the hand-over: asks what the check will ask, and makes the code. It goes to the registered host that was asked
 * for or nowhere. `isAhead`: the browser may never show what it gets, so no code is made.
 */
export async function enter(
  deps: EnterDeps,
  visitor: VisitorAtHost,
  { to: text, nonceHash, ...lacking }: Wanted,
  { origin, isAhead }: { origin: Origin; isAhead: boolean },
): Promise<Entering> {
  const to = wantedIn(deps, text)
  if (!to || !nonceHash || !/^[\w-]{43}$/.test(nonceHash)) return { ok: false, reason: 'no_destination' }
  if (!destinationOf(to)) return { ok: false, reason: 'too_long', to }
  const [app] = visitor.apps
  if (!app) return { ok: false, reason: 'unknown_host', to }
  if (!isEntitled(visitor, groupsNow(visitor, deps.now()))) return { ok: false, reason: 'not_entitled', app }
  const requirement = stricter(requirementFor({ ...visitor, app }, { path: to.path, origin }), askedFor(lacking))
  const missing = missingFor(requirement, visitor, deps.now())
  if (missing) return { ok: false, reason: 'step_up', app, missing }
  if (isAhead) return { ok: false, reason: 'ahead', app }
  const url = await sendWithCode(deps, visitor, to, nonceHash)
  return url === undefined ? { ok: false, reason: 'unknown_host', to } : { ok: true, app, to, url }
}
