import { createHash } from 'node:crypto'
import { network } from '../lib/network.ts'
import { HashQueueFull } from '../lib/passwords.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const FIFTEEN_MINUTES = 15 * MINUTE
const HOUR = 60 * MINUTE
const DAY = 24 * 60 * 60 * SECOND
const NEVER = Number.MAX_SAFE_INTEGER

/** How long the next try waits once failures are counted: 30 s, doubling, up to an hour. */
export const DELAY = { first: 30 * SECOND, most: HOUR } as const

const CODE_FAILURES = 5 // from here on each next code waits
const PASSWORD_FAILURES = 10 // more, because an attempt counts until it is known to be right: ten may sign in at once

// NIST SP 800-63B-4 section 3.2.2: no more than 100 consecutive failed attempts on an account.
const FAILURES_IN_A_ROW = 100

/** From the failure `from` on, each next attempt waits. */
export type DelayRule = { key: string; from: number; forgottenAfterMs: number }
/** After `most` failures in a row waiting no longer helps. */
export type CappedRule = DelayRule & { most: number }
export type BudgetRule = { key: string; most: number; windowMs: number }

export type Rules = { budget?: BudgetRule; delay?: DelayRule & { most?: number } }

export type LimitStore = {
  /**
   * Counts one attempt under both rules, or under neither. Returns how many milliseconds to wait: 0 if it was counted,
   * `Infinity` if waiting doesn't help.
   */
  charge(rules: Rules, nowMs: number): Promise<number>
  /** As if the attempt charged at `chargedAtMs` never happened. */
  giveBack(rules: Rules, chargedAtMs: number): Promise<void>
  /** The number of attempts under a key. */
  count(key: string): Promise<number>
}

/** What a right answer gives back: one attempt of the address, and all failures in a row. */
export type Forgiven = { budget?: string; delays: string[] }

/** `rules` and `atMs` are what it takes to give the attempt back. */
export type Charged = { ok: true; forgiven: Forgiven; rules: Rules; atMs: number }
/** In seconds, for the sentence on the page and for `Retry-After`. */
export type Wait = { ok: false; reason: 'wait'; seconds: number }
export type Blocked = { ok: false; reason: 'blocked' }

export type LimitDeps = { limits: LimitStore; attemptsPerAddress: number; now(): Date }

/**
 * Whose attempts are counted together: an address's, or separately those of a browser that has signed in to the account
 * before (OWASP, "device cookies"), or of a session. What strangers do doesn't slow these down.
 */
export type Source = string
export const isKnownBrowser = (source: Source): boolean => source.startsWith('browser:')
export const knownBrowserSource = (tokenHash: string): Source => `browser:${tokenHash}`
export const sessionSource = (sessionId: string): Source => `session:${sessionId}`

/** Guesses at an account's password. Strangers elsewhere slow down themselves, not the owner. */
export const passwordAttempt = (email: string, source: Source): DelayRule => ({
  key: `${passwordAttempts(email)}${network(source)}`,
  from: PASSWORD_FAILURES,
  forgottenAfterMs: DAY,
})

/** The same, whichever of the account's names is typed. */
export const passwordAttemptByAnyName = (email: string, source: Source): DelayRule => ({
  ...passwordAttempt(email, source),
  key: `${passwordAttempts(email)}any:${network(source)}`,
})

/** The beginning of the keys for all guesses at an account's password, wherever they come from. */
export const passwordAttempts = (email: string): string => `password:${hashed(email)}:`

/** Mails that a stranger can have sent to a mailbox. More are silently dropped, because saying so would reveal the account. */
export const resetMails = (email: string): BudgetRule => mails('reset', hashed(email), 3, HOUR)
export const attemptMails = (email: string): BudgetRule => mails('attempt', hashed(email), 1, HOUR)

/** Mails that the owner asks for, and hears how long to wait. */
export const confirmationMails = (accountId: number): BudgetRule[] => [
  mails('confirmation-minute', accountId, 1, MINUTE),
  mails('confirmation', accountId, 5, HOUR),
]
export const recoveryMails = (accountId: number): BudgetRule => mails('recovery', accountId, 3, HOUR)
export const changeMails = (accountId: number): BudgetRule => mails('change', accountId, 5, HOUR)

/** Per mailbox, whoever asks, because nobody there asked for these mails. As many as one account gets, and few in a day. */
export const mailsToNewAddress = (email: string): BudgetRule[] => [
  mails('to-new-address', hashed(mailboxOf(email)), 5, HOUR),
  mails('to-new-address-day', hashed(mailboxOf(email)), 10, DAY),
]

/** What follows a plus is the owner's own note (RFC 5233), so all such addresses are one mailbox. */
const mailboxOf = (email: string) => email.replace(/(?<=.)\+[^@]*(?=@[^@]*$)/, '')

const mails = (what: string, of: string | number, most: number, windowMs: number): BudgetRule => ({
  key: `mails:${what}:${of}`,
  most,
  windowMs,
})

const hashed = (email: string) => createHash('sha256').update(email).digest('base64url')

/** Guesses at an account's authenticator code, at any door. */
export const authenticatorAttempt = (accountId: number): CappedRule => ({
  key: `authenticator:${accountId}`,
  most: FAILURES_IN_A_ROW,
  from: CODE_FAILURES,
  forgottenAfterMs: NEVER,
})

/** Guesses at an account's recovery codes. They have their own count, because they are the way out when the other is full. */
export const recoveryCodeAttempt = (accountId: number): DelayRule => ({
  key: `recovery-code:${accountId}`,
  from: CODE_FAILURES,
  forgottenAfterMs: NEVER,
})

/** What a change of the second factor forgives, because the counts belong to the old factor. */
export const secondFactorForgiven = (accountId: number): Forgiven => ({
  delays: [authenticatorAttempt(accountId).key, recoveryCodeAttempt(accountId).key],
})

/** Everything that is counted under an account's name or number: it goes with the account. `mails` ends or divides the keys of its mails. */
export const countedOf = ({ id, email }: { id: number; email: string }) => ({
  keys: [...secondFactorForgiven(id).delays, resetMails(email).key, attemptMails(email).key],
  beginning: passwordAttempts(email),
  mails: String(id),
})

/** Charges an attempt before its answer is looked at: to the budget of its source and to the account's growing delay. */
export function charge(deps: LimitDeps, source: Source, delay: CappedRule): Promise<Charged | Wait | Blocked>
export function charge(deps: LimitDeps, source: Source, delay?: DelayRule): Promise<Charged | Wait>
export async function charge(deps: LimitDeps, source: Source, delay?: DelayRule): Promise<Charged | Wait | Blocked> {
  const budget = deps.attemptsPerAddress > 0 ? budgetOf(source, deps.attemptsPerAddress) : undefined
  const rules = { ...(budget && { budget }), ...(delay && { delay }) }
  const atMs = deps.now().getTime()
  const waitMs = await deps.limits.charge(rules, atMs)
  if (waitMs === Number.POSITIVE_INFINITY) return { ok: false, reason: 'blocked' }
  if (waitMs > 0) return { ok: false, reason: 'wait', seconds: Math.ceil(waitMs / SECOND) }
  const forgiven = { ...(budget && { budget: budget.key }), delays: delay ? [delay.key] : [] }
  return { ok: true, forgiven, rules, atMs }
}

/** Does what was charged for. If the queue is full, nothing was looked at, and the attempt is given back. */
export async function whileCharged<Result>(
  { limits }: LimitDeps,
  { rules, atMs }: Charged,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HashQueueFull) await limits.giveBack(rules, atMs)
    throw error
  }
}

/** It was no guess after all: the account's delay forgets it, but the budget of its source doesn't. */
export const withoutGuess = ({ limits }: LimitDeps, { rules: { delay }, atMs }: Charged): Promise<void> =>
  limits.giveBack(delay ? { delay } : {}, atMs)

/** Charges a mail before it is made, to each of its budgets. */
export async function chargeMail({ limits, now }: LimitDeps, ...budgets: BudgetRule[]): Promise<{ ok: true } | Wait> {
  for (const budget of budgets) {
    const waitMs = await limits.charge({ budget }, now().getTime())
    if (waitMs > 0) return { ok: false, reason: 'wait', seconds: Math.ceil(waitMs / SECOND) }
  }
  return { ok: true }
}

/** Whether so many failures came in a row that we look at no further attempt. */
export const isBlocked = async ({ limits }: LimitDeps, { key, most }: CappedRule): Promise<boolean> =>
  (await limits.count(key)) >= most

const budgetOf = (source: Source, most: number): BudgetRule => ({
  key: /^(browser|session):/.test(source) ? source : `address:${network(source)}`,
  most,
  windowMs: FIFTEEN_MINUTES,
})
