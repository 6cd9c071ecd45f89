import type { Find, SignedIn } from '../identity/visitor.ts'
import { codesLeft } from '../lib/codes.ts'

const DAY = 24 * 60 * 60_000
/** What nobody has touched for so long may have been forgotten. */
const LONG = 90 * DAY
/** As the first mail about a token's end: its owner has heard of it. */
const SOON = 7 * DAY
const A_YEAR = 365 * DAY

/** Whole days, so the answer to one question is the same all day long, and can be kept. */
export type CheckUpTimes = { today: Date; longAgo: Date; soon: Date }

export type CheckedToken = Readonly<{
  description: string
  hint: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}>

/** When the recovery codes were last seen by their owner, or made. Null without codes. */
type SeenCodes = { codesSeenAt: Date | null }

/** Who looks, and what may need a look. */
export type CheckUpVisitor = SignedIn &
  SeenCodes & {
    /** No browser stays trusted for so long. */
    oldSessions: number
    /** Browsers and programs that signed in before, and not for a long time. */
    unseenBrowsers: number
    /** Unused for a long time, or ending soon. */
    tokens: readonly CheckedToken[]
  }

/** The same for the dashboard. */
export type CheckUpAtAGlance = SeenCodes & { hasOldBrowsers: boolean; hasTokensToLookAt: boolean }

export type CheckUpStore = {
  visitorForCheckUp(tokenHash: string, times: CheckUpTimes): Promise<CheckUpVisitor | undefined>
}

export type CheckUpDeps = { checkUps: CheckUpStore; now(): Date }

export const checkUpView =
  ({ checkUps, now }: CheckUpDeps): Find<CheckUpVisitor> =>
  (tokenHash) =>
    checkUps.visitorForCheckUp(tokenHash, checkUpTimes(now()))

export function checkUpTimes(now: Date): CheckUpTimes {
  const today = Math.floor(now.getTime() / DAY) * DAY
  return { today: new Date(today), longAgo: new Date(today - LONG), soon: new Date(today + SOON + DAY) }
}

/** The parts of the check-up. */
export type CheckUpPart = 'second_factor' | 'recovery_codes' | 'browsers' | 'tokens' | 'email'

/** Which parts need a look. `unconfirmed`: mail is sent here, and the address isn't confirmed. */
export function partsToLookAt(
  { account, ...found }: Pick<SignedIn, 'account'> & CheckUpAtAGlance,
  { now, unconfirmed }: { now: Date; unconfirmed: boolean },
): CheckUpPart[] {
  const { secondFactorSince, recoveryCodesLeft } = account
  const codesNeedALook = codesLeft(recoveryCodesLeft).areFew || codesSeenLongAgo(found, now)
  const parts: [CheckUpPart, boolean][] = [
    ['second_factor', !secondFactorSince],
    ['recovery_codes', secondFactorSince !== null && codesNeedALook],
    ['browsers', found.hasOldBrowsers],
    ['tokens', found.hasTokensToLookAt],
    ['email', unconfirmed],
  ]
  return parts.flatMap(([part, needsALook]) => (needsALook ? [part] : []))
}

export const codesSeenLongAgo = ({ codesSeenAt }: SeenCodes, now: Date): boolean =>
  codesSeenAt !== null && now.getTime() - codesSeenAt.getTime() > A_YEAR

/** What the dashboard would say of what was read for the page. */
export const atAGlance = ({ codesSeenAt, oldSessions, unseenBrowsers, tokens }: CheckUpVisitor): CheckUpAtAGlance => ({
  codesSeenAt,
  hasOldBrowsers: oldSessions + unseenBrowsers > 0,
  hasTokensToLookAt: tokens.length > 0,
})

/** Which of the tokens are unused, and which end soon. One can be both. */
export function sorted({ tokens }: Pick<CheckUpVisitor, 'tokens'>, now: Date) {
  const { longAgo, soon } = checkUpTimes(now)
  return {
    unused: tokens.filter(({ createdAt, lastUsedAt }) => (lastUsedAt ?? createdAt) <= longAgo),
    ending: tokens.filter(({ expiresAt }) => expiresAt && expiresAt <= soon),
  }
}
