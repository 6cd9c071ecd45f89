import { type EventKind, type Origin, type SecurityEvent, securityEvent } from '../events.ts'
import { hashToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import { type Forgiven, secondFactorForgiven } from '../limits.ts'
import { linkPayload, type MailLink, newLink } from './links.ts'
import { type QueuedMail, queuedMail } from './mail.ts'
import { securedMail } from './notices.ts'

/** What of the account the button changes or removes, besides what it always does. */
export type Undoing =
  | { what: 'email'; previousEmail: string }
  | { what: 'token'; id: string }
  | { what: 'second_factor'; factorId: string }
  | { what: 'authenticator'; factorId: string }

/** The account as it is now, as far as that decides what can be undone. */
export type AccountNow = {
  email: string
  securityVersion: number
  tokensFrozenAt: Date | null
  factors: { id: string; addedAt: Date }[]
  tokenIds: string[]
}

export type NotMeStore = {
  findLink(tokenHash: string, purpose: 'not_me', now: Date): Promise<MailLink | undefined>
  accountNow(accountId: number): Promise<AccountNow | undefined>
  /** Whether an account goes by that address. */
  isTaken(email: string): Promise<boolean>
  eventOf(accountId: number, id: string): Promise<(Origin & { at: Date }) | undefined>
  /**
   * Uses the link up, ends every session and pending sign-in, forgets browsers, freezes tokens, kills links that could change the account
   * still, and undoes; all of it or nothing. False when the link was used or the account is not as `securityVersion` and
   * `wasFrozen` say.
   */
  secure(of: {
    accountId: number
    securityVersion: number
    /** By how many the version grows: one for each event of a change. */
    changes: number
    wasFrozen: boolean
    tokenHash: string
    undoing: Undoing | undefined
    events: SecurityEvent[]
    reset: MailLink
    mail: QueuedMail
    forgiven: Forgiven
    now: Date
  }): Promise<boolean>
}

export type NotMeDeps = { notMe: NotMeStore; vault: Vault; now(): Date; issuer: string; baseUrl: string }

/** What a link is about, and what the button behind it would do now. `event`: when and from where, where the log has it. */
export type Reported = {
  kind: string
  email: string
  event: (Origin & { at: Date }) | undefined
  undoing: Undoing | undefined
}

type Found = Reported & { accountId: number; account: AccountNow; tokenHash: string }

/** To look is not to use. Undefined when the link is not good, or not any more. */
export async function reportedBehind(deps: NotMeDeps, token: string): Promise<Reported | undefined> {
  return find(deps, token)
}

const TRIES = 5 // each of them met a change of the account in the very moment

/** "Secure my account": all of it in one transaction, once. What was undone besides; `gone` when the link is not good any more. */
export async function secureAccount(
  deps: NotMeDeps,
  token: string,
  origin: Origin,
): Promise<{ ok: true; undone: Undoing['what'] | undefined } | { ok: false; reason: 'gone' }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await find(deps, token)
    if (!found) return { ok: false, reason: 'gone' }
    if (await secure(deps, found, origin)) return { ok: true, undone: found.undoing?.what }
  }
  throw new Error('The account changed again and again while it was to be secured.')
}

const UNDONE = {
  email: 'email_restored',
  token: 'token_removed',
  second_factor: 'second_factor_off',
  authenticator: 'authenticator_removed',
} as const satisfies Record<Undoing['what'], EventKind>

function secure(deps: NotMeDeps, { accountId, account, tokenHash, undoing }: Found, origin: Origin): Promise<boolean> {
  const now = deps.now()
  // Nobody is told of them by mail: the one that says what to do next says it all.
  const event = (kind: EventKind, subject?: string) =>
    securityEvent(kind, accountId, origin, now, null, { subject: subject ?? null, noticed: false })
  const wasFrozen = account.tokensFrozenAt !== null
  const { token, link } = newLink(deps.vault, { accountId, purpose: 'reset_password' }, now)
  const to = undoing?.what === 'email' ? undoing.previousEmail : account.email
  return deps.notMe.secure({
    accountId,
    securityVersion: account.securityVersion,
    changes: undoing === undefined || undoing.what === 'token' ? 1 : 2,
    wasFrozen,
    tokenHash,
    undoing,
    events: [
      event('reported_not_me'),
      ...(wasFrozen ? [] : [event('tokens_frozen')]),
      ...(undoing ? [event(UNDONE[undoing.what], subjectOf(undoing))] : []),
    ],
    reset: link,
    mail: queuedMail(deps.vault, accountId, securedMail(deps, { to, token }), now),
    forgiven: undoing?.what === 'second_factor' ? secondFactorForgiven(accountId) : { delays: [] },
    now,
  })
}

async function find(deps: NotMeDeps, token: string): Promise<Found | undefined> {
  const tokenHash = hashToken(token)
  const link = await deps.notMe.findLink(tokenHash, 'not_me', deps.now())
  const account = link && (await deps.notMe.accountNow(link.accountId))
  if (!link || !account) return undefined
  const { accountId } = link
  const { kind, subject, eventId, previousEmail } = linkPayload(deps.vault, link) ?? {}
  const of = { kind: text(kind) ?? '', subject: text(subject), previousEmail: text(previousEmail) }
  return {
    kind: of.kind,
    email: account.email,
    event: typeof eventId === 'string' ? await deps.notMe.eventOf(accountId, eventId) : undefined,
    undoing: await undoingOf(deps, account, of),
    accountId,
    account,
    tokenHash,
  }
}

/** What can be taken back of it, as the account is now. */
async function undoingOf(
  { notMe }: NotMeDeps,
  { email, factors, tokenIds }: AccountNow,
  {
    kind,
    subject = '',
    previousEmail,
  }: { kind: string; subject: string | undefined; previousEmail: string | undefined },
): Promise<Undoing | undefined> {
  const [factor, ...others] = factors
  switch (kind) {
    case 'email_changed':
      return previousEmail && previousEmail !== email && !(await notMe.isTaken(previousEmail))
        ? { what: 'email', previousEmail }
        : undefined
    case 'token_generated':
    case 'token_regenerated':
      return tokenIds.includes(subject) ? { what: 'token', id: subject } : undefined
    case 'second_factor_on':
      // The recovery codes that came with it are the stranger's as well, so nothing else lets the owner in. Where another
      // authenticator was added or took its place, somebody used the account since, and the mailbox alone does not decide.
      return factor?.id === subject && others.length === 0 ? { what: 'second_factor', factorId: subject } : undefined
    case 'authenticator_added':
      // Never the last one: that would be turning the second factor off, with nothing but a mailbox to show.
      return others.length > 0 && factors.some(({ id }) => id === subject)
        ? { what: 'authenticator', factorId: subject }
        : undefined
    default:
      return undefined
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

function subjectOf(undoing: Undoing): string | undefined {
  if (undoing.what === 'email') return undefined
  return undoing.what === 'token' ? undoing.id : undoing.factorId
}
