import { type Forgiven, secondFactorForgiven } from '../identity/limits.ts'
import { type EventKind, type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import { NO_PASSWORD } from '../lib/passwords.ts'
import { hashToken } from '../lib/tokens.ts'
import { addressLeftMail, type MailDeps, securedMail } from './account-mails.ts'
import { linkPayload, type MailLink, newLink } from './links.ts'
import { type QueuedMail, queuedMail } from './mail.ts'
import {
  type About,
  type AccountNow,
  changesIn,
  mostOf,
  type Undoing,
  type Undone,
  undoingOf,
  undoneEvents,
  wayBack,
} from './undoing.ts'

export type NotMeStore = {
  findLink(tokenHash: string, purpose: 'not_me', now: Date): Promise<MailLink | undefined>
  accountNow(accountId: number, now: Date): Promise<AccountNow | undefined>
  /** Whether another account goes by that address. */
  isTaken(email: string, accountId: number): Promise<boolean>
  eventOf(accountId: number, id: string): Promise<(Origin & { at: Date }) | undefined>
  /**
   * Uses the link up, closes the password, ends every session and pending sign-in, forgets browsers, freezes tokens, kills links that
   * could change the account still, and undoes; all of it or nothing. False when the link was used or the account is not as
   * `securityVersion` and `wasFrozen` say.
   */
  secure(of: {
    accountId: number
    securityVersion: number
    changes: number
    wasFrozen: boolean
    tokenHash: string
    /** What replaces the password's hash from now on. */
    closed: string
    email: string | undefined
    undoing: Undoing
    events: SecurityEvent[]
    reset: MailLink
    mails: QueuedMail[]
    forgiven: Forgiven
    now: Date
  }): Promise<boolean>
}

export type NotMeDeps = Pick<MailDeps, 'vault' | 'issuer' | 'baseUrl'> & { notMe: NotMeStore; now(): Date }

/** What a link is about, and what the button behind it would do now. `event`: when and from where, where the log has it. */
export type Reported = {
  kind: string
  /** Where the link was sent, and where the link to a new password will go. */
  mailbox: string
  event: (Origin & { at: Date }) | undefined
  undoing: Undoing
}

type Found = Reported & { accountId: number; account: AccountNow; tokenHash: string }

/** Looking doesn't use the link up. Undefined if the link doesn't work, or no longer does. */
export async function reportedBehind(deps: NotMeDeps, token: string): Promise<Reported | undefined> {
  return find(deps, token)
}

const TRIES = 5 // each of them met a change of the account in the very moment

/** "Secure my account": everything in one transaction, once. Returns what else was undone, or `gone` if the link no longer works. */
export async function secureAccount(
  deps: NotMeDeps,
  token: string,
  origin: Origin,
): Promise<{ ok: true; undone: Undone | undefined } | { ok: false; reason: 'gone' }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await find(deps, token)
    if (!found) return { ok: false, reason: 'gone' }
    if (await secure(deps, found, origin)) return { ok: true, undone: mostOf(found.undoing) }
  }
  throw new Error('The account changed again and again while it was to be secured.')
}

function secure(deps: NotMeDeps, { accountId, account, mailbox, tokenHash, undoing }: Found, origin: Origin) {
  const now = deps.now()
  // No mails about these events: the one that says what to do next says it all.
  const event = (kind: EventKind, subject?: string) =>
    securityEvent(kind, accountId, origin, now, null, { subject: subject ?? null, noticed: false })
  const wasFrozen = account.tokensFrozenAt !== null
  const { token, link } = newLink(deps.vault, { accountId, purpose: 'reset_password' }, now)
  const told = [
    securedMail(deps, { to: mailbox, token }),
    ...(undoing.restoresEmail ? [addressLeftMail({ to: account.email, origin })] : []),
  ]
  return deps.notMe.secure({
    accountId,
    securityVersion: account.securityVersion,
    changes: changesIn(undoing),
    wasFrozen,
    tokenHash,
    closed: NO_PASSWORD,
    email: undoing.restoresEmail ? mailbox : undefined,
    undoing,
    events: [event('reported_not_me'), ...(wasFrozen ? [] : [event('tokens_frozen')]), ...undoneEvents(undoing, event)],
    reset: link,
    mails: told.map((mail) => queuedMail(deps.vault, accountId, mail, now)),
    forgiven: undoing.factorIds.length > 0 ? secondFactorForgiven(accountId) : { delays: [] },
    now,
  })
}

async function find(deps: NotMeDeps, token: string): Promise<Found | undefined> {
  const tokenHash = hashToken(token)
  const now = deps.now()
  const link = await deps.notMe.findLink(tokenHash, 'not_me', now)
  const account = link && (await deps.notMe.accountNow(link.accountId, now))
  if (!link || !account) return undefined
  const { accountId } = link
  const { kind, subject, eventId, mailbox, former } = linkPayload(deps.vault, link) ?? {}
  const about: About = {
    kind: text(kind) ?? '',
    subject: text(subject),
    mailbox: text(mailbox) ?? account.email,
    former: text(former),
  }
  const way = wayBack(account, about)
  if (!way) return undefined // sent to a mailbox that has nothing to say about the account now
  const isTaken = await deps.notMe.isTaken(about.mailbox, accountId)
  return {
    kind: about.kind,
    mailbox: about.mailbox,
    event: typeof eventId === 'string' ? await deps.notMe.eventOf(accountId, eventId) : undefined,
    undoing: undoingOf(account, about, way, isTaken),
    accountId,
    account,
    tokenHash,
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
