import { LEVELS, needsResistance, needsSecondFactor, type PolicyDeps } from './policy.ts'
import { keepsTokensClosed } from './recovery.ts'
import type { Account, Session, SignedIn, TokenHolder } from './visitor.ts'

const TEN_MINUTES = 10 * 60_000 // how long an operator's proof is fresh

/**
 * What somebody is about to do, as far as it matters to whether they may. `leave`: see where the account is signed in, and end that.
 * `set_up`: turn the second factor on. `set_up_if_off`: the same for what may arrive twice and says itself that it is on.
 * `add_second_factor`: one more beside it. `show_second_factor`: show it again.
 * `operate`: what only operators see and do, with a second factor shown just now. `delete_account`: what asks for the same of anybody
 * who has one.
 */
export type Deed =
  | 'leave'
  | 'confirm_email'
  | 'recovery_codes'
  | 'set_up'
  | 'set_up_if_off'
  | 'change_second_factor'
  | 'add_second_factor'
  | 'show_second_factor'
  | 'operate'
  | 'delete_account'
  | 'anything'

/** What a session or an access token may do now: go on with the deed, do something else first, or nothing at all. */
export type Standing =
  | 'go_on'
  | 'make_recovery_codes'
  | 'set_up_second_factor'
  | 'change_second_factor'
  | 'confirm_email'
  | 'prove_second_factor'
  | 'prove_resistant'
  | 'not_theirs'
  | 'only_set_up'
  | 'only_add_resistant'
  | 'recovery_waits'
  | 'nothing'

/** What each door has words for. Who may do nothing is nobody to it. */
export type Hindrance = Exclude<Standing, 'go_on' | 'nothing'>

/** Nothing that ends by waiting comes before what a person does. */
type StandingOfSession = Exclude<Standing, 'recovery_waits'>

type Owner = Pick<
  Account,
  'role' | 'policies' | 'emailConfirmedAt' | 'secondFactorSince' | 'phishingResistantSince' | 'recoveryCodesLeft'
>
type Asking = TokenHolder | AskingSession
type AskingSession = { account: Owner; session: Pick<Session, 'provedAt' | 'resistedAt' | 'method'> }

/** `configured` is whether mail reaches people. */
export type StandingDeps = PolicyDeps & { mailDelivery: { configured: boolean } }

const ONLY_SET_UP: ReadonlySet<Deed> = new Set<Deed>(['leave', 'set_up', 'set_up_if_off'])

/** What is left to a session of an account without the second factor that it needs. */
const LEADS_OUT: ReadonlySet<Deed> = new Set<Deed>(['leave', 'confirm_email', 'set_up', 'set_up_if_off'])

/** What is left where the second factor that is asked for has to resist phishing, and doesn't yet, or wasn't shown. */
const UNTIL_IT_RESISTS: Record<Unresisting, ReadonlySet<Deed>> = {
  only_add_resistant: new Set<Deed>(['leave', 'add_second_factor']),
  prove_resistant: new Set<Deed>(['leave', 'show_second_factor']),
}
type Unresisting = 'only_add_resistant' | 'prove_resistant'

/** About a second factor that is there. */
const OF_SECOND_FACTOR: ReadonlySet<Deed> = new Set<Deed>([
  'recovery_codes',
  'change_second_factor',
  'add_second_factor',
  'show_second_factor',
])

/**
 * Every door asks this, and none decides by itself. An access token owes neither codes nor a confirmed address, as no person is there who
 * could pay; without the second factor that its account needs, it stops, and while somebody waits who says that everything is lost.
 */
export function standing(deps: StandingDeps, asking: AskingSession | undefined, deed: Deed): StandingOfSession
export function standing(deps: StandingDeps, asking: Asking | undefined, deed: Deed): Standing
export function standing(deps: StandingDeps, asking: Asking | undefined, deed: Deed): Standing {
  if (!asking) return 'nothing'
  if ('token' in asking) {
    if (keepsTokensClosed(asking.account, deps.now())) return 'recovery_waits'
    if (lacksSecondFactor(deps, asking)) return 'only_set_up'
    return lacksResistance(deps, asking) ? 'only_add_resistant' : 'go_on'
  }
  const { role, secondFactorSince, recoveryCodesLeft } = asking.account
  if (deed === 'operate' && role !== 'operator') return 'not_theirs'
  // Neither an operator's code nor a wait is a second factor: it only lets its owner set one up, in the place of the one that is lost.
  if (asking.session.method === 'rescue_code' || asking.session.method === 'delayed_recovery')
    return ONLY_SET_UP.has(deed) ? 'go_on' : 'only_set_up'
  if (secondFactorSince) {
    // Before anything else that a weaker factor could do: new recovery codes would be a way around it.
    const unresisting = owesResistance(deps, asking)
    if (unresisting) return UNTIL_IT_RESISTS[unresisting].has(deed) ? 'go_on' : unresisting
    // Without a single recovery code a lost phone would lock the owner out.
    if (recoveryCodesLeft === 0 && deed !== 'leave' && deed !== 'recovery_codes') return 'make_recovery_codes'
    const asksForProof = deed === 'operate' || deed === 'delete_account'
    if (asksForProof && !isProvedLately(deps, asking.session)) return 'prove_second_factor'
    return deed === 'set_up' ? 'change_second_factor' : 'go_on'
  }
  if (!LEADS_OUT.has(deed) && lacksSecondFactor(deps, asking)) return 'only_set_up'
  if (OF_SECOND_FACTOR.has(deed)) return 'set_up_second_factor'
  // A reset by mail is the way back in: the address has to be the owner's before the door gets a second lock.
  const setsUp = deed === 'set_up' || deed === 'set_up_if_off'
  return setsUp && owesConfirmation(deps, asking) ? 'confirm_email' : 'go_on'
}

const lacksSecondFactor = (
  deps: PolicyDeps,
  { account }: { account: Pick<Owner, 'role' | 'policies' | 'secondFactorSince'> },
) => account.secondFactorSince === null && needsSecondFactor(deps, account)

const lacksResistance = (
  deps: PolicyDeps,
  { account }: { account: Pick<Owner, 'role' | 'policies' | 'phishingResistantSince'> },
) => account.phishingResistantSince === null && needsResistance(deps, account)

/**
 * What comes first where only a second factor that resists phishing is enough, and the session has shown none. A recovery code is no such
 * thing: it lets its owner add another, in the place of one that is lost.
 */
export function owesResistance(
  deps: PolicyDeps,
  {
    account,
    session,
  }: Pick<AskingSession, 'session'> & { account: Pick<Owner, 'role' | 'policies' | 'phishingResistantSince'> },
): Unresisting | undefined {
  if (session.resistedAt || !needsResistance(deps, account)) return undefined
  return account.phishingResistantSince && session.method !== 'recovery_code' ? 'prove_resistant' : 'only_add_resistant'
}

const isProvedLately = ({ now }: Pick<StandingDeps, 'now'>, { provedAt }: Pick<Session, 'provedAt'>) =>
  provedAt !== null && now().getTime() - provedAt.getTime() < TEN_MINUTES

/** Where no mail is sent, nobody could confirm an address, and nothing is closed to them. */
export const owesConfirmation = (
  { mailDelivery }: Pick<StandingDeps, 'mailDelivery'>,
  { account }: { account: Pick<Account, 'emailConfirmedAt'> },
): boolean => mailDelivery.configured && account.emailConfirmedAt === null

/** Why what was found behind the token of a session or an access token may do nothing. */
type Closed = 'suspended' | 'account_ended' | 'to_be_deleted' | 'frozen' | 'ended'

/** A guest's account opens nothing from its end on, and again if an operator moves that. */
export const hasEnded = ({ endsAt }: Pick<Account, 'endsAt'>, at: Date): boolean => endsAt !== null && at >= endsAt

/** Of a session, undefined while it is live. `sessionIdle` in milliseconds. */
export function sessionClosed(
  { now, sessionIdle }: { now(): Date; sessionIdle: number },
  { session, account }: SignedIn,
): Exclude<Closed, 'frozen' | 'to_be_deleted'> | undefined {
  if (account.suspendedAt) return 'suspended'
  const at = now()
  if (hasEnded(account, at)) return 'account_ended'
  return at >= session.expiresAt || at.getTime() - session.lastSeenAt.getTime() >= sessionIdle ? 'ended' : undefined
}

/** Of an access token, undefined while it works. `valueUntil` is when the value that was sent ends before its token; null: never. */
export function tokenClosed(
  { now }: { now(): Date },
  { token, account }: TokenHolder,
  valueUntil: Date | null,
): Closed | undefined {
  if (account.suspendedAt) return 'suspended'
  const at = now()
  if (hasEnded(account, at)) return 'account_ended'
  if (account.deleteAt) return 'to_be_deleted'
  if (account.tokensFrozenAt) return 'frozen'
  return [token.expiresAt, valueUntil].some((end) => end && at >= end) ? 'ended' : undefined
}

/** All that can come before a deed. Tried with every account there can be, so that no list of them falls behind. */
export function hindrancesBefore(deed: Deed): Hindrance[] {
  const since = new Date(0)
  const either = [null, since]
  const answers = LEVELS.flatMap((secondFactor) => {
    const site = { mailDelivery: { configured: true }, secondFactor, now: () => since }
    return (['member', 'operator'] as const).flatMap((role) =>
      either.flatMap((secondFactorSince) =>
        (secondFactorSince ? either : [null]).flatMap((phishingResistantSince) =>
          either.flatMap((emailConfirmedAt) =>
            [0, 1].map((recoveryCodesLeft) => {
              const factors = { secondFactorSince, phishingResistantSince, recoveryCodesLeft }
              const account = { role, emailConfirmedAt, policies: [], ...factors }
              const session = { provedAt: null, resistedAt: null, method: 'password' } as const
              return standing(site, { account, session }, deed)
            }),
          ),
        ),
      ),
    )
  })
  return [...new Set(answers)].filter((answer) => answer !== 'go_on' && answer !== 'nothing')
}
