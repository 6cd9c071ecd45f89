import { authenticatorAttempt, type BudgetRule, isBlocked, type LimitDeps } from '../identity/limits.ts'
import { type EventKind, hasOwnMail, isMailed } from '../identity/security-events.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import { type MailDeps, noticeMail } from './account-mails.ts'
import { failureInWords, type MailFailure } from './failures.ts'
import { type FormerAddress, listening } from './former-addresses.ts'
import { type MailLink, newLink } from './links.ts'
import { messageOf, openMail, type QueuedMail, queuedMail, type WriteMail } from './mail.ts'
import { receivesNews } from './receivers.ts'
import { type RecoveryMailStore, writeRecoveryMails } from './recovery-mails.ts'
import { type TokenEndsStore, writeTokenEnds } from './token-ends.ts'
import { DELIVERY_AT_MOST, type MailTransport } from './transport.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const THREE_DAYS = 3 * 24 * HOUR

/** How long one process owns a mail. Longer than any delivery, so nobody else begins with it meanwhile. */
const CLAIM = 2 * DELIVERY_AT_MOST
/** Mails on their way at once, so one slow receiver doesn't delay the others. */
const LANES = 4
const NOTICES_AT_ONCE = 100

/** Mails about one kind of event to one account within an hour: one of twenty says enough. */
const TOLD_AT_MOST = 20

/** An event whose mail is still to be written, and the account's address. */
export type DueNotice = Origin & {
  id: string
  /** Null once it is deleted. */
  account: { id: number; email: string; emailConfirmedAt: Date | null } | null
  kind: string
  subject: string | null
  at: Date
  actor: 'operator' | null
  /** The operator's. */
  reason: string | null
}

export type ClaimedMail = QueuedMail & { attempts: number; claimedUntilMs: number }

/** A notice for one of the mailboxes that hear of an event. */
type Copy = { link: MailLink; mail: QueuedMail; budget: BudgetRule }

export type MailingStore = {
  /** The oldest first. */
  dueNotices(limit: number): Promise<DueNotice[]>
  formerAddressesOf(accountId: number, now: Date): Promise<FormerAddress[]>
  /** Event, links, mails and budgets in one. False, and nothing done, if another process did it or a budget is spent. */
  queueNotice(of: { eventId: string; copies: Copy[]; nowMs: number }): Promise<boolean>
  /** Those of the budgets, by their keys, that have nothing left. */
  spentBudgets(budgets: BudgetRule[], nowMs: number): Promise<Set<string>>
  dropNotice(eventId: string): Promise<void>
  /** One due mail that nobody owns. The caller owns it until `untilMs`. */
  claim(nowMs: number, untilMs: number): Promise<ClaimedMail | undefined>
  remove(id: string): Promise<void>
  postpone(of: {
    id: string
    claimedUntilMs: number
    attempts: number
    nextAttemptAtMs: number
    lastError: MailFailure['reason']
    lastReply: number | null
  }): Promise<void>
}

export type MailingDeps = LimitDeps &
  Pick<MailDeps, 'mailDelivery'> & {
    mailing: MailingStore & TokenEndsStore & RecoveryMailStore
    transport: MailTransport
    writeMail: WriteMail
    vault: Vault
    issuer: string
    baseUrl: string
    recoveryDelay: number
  }

type Run = {
  /** Hears a line when a mail is given up, with nothing from the mail in it. */
  report: (line: string) => void
  /** Hears about every try, to count them. */
  tried?: (result: 'sent' | 'failed') => void
  /** Hears why a try failed, with nothing from the mail in it. */
  failed?: (reason: string) => void
  /** Asked between two mails. */
  stopping?: () => boolean
}

/** Writes the mails that events wait for and those about tokens that end and about waits, then sends what is due. Any number of processes may run it at once. */
export async function runMailing(
  deps: MailingDeps,
  { report, tried = () => {}, failed = () => {}, stopping = () => false }: Run,
): Promise<void> {
  await writeNotices(deps)
  await writeTokenEnds(deps)
  await writeRecoveryMails(deps)
  const run = { report, tried, failed, stopping }
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => sendDue(deps, run)))
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason // once the others are through
}

/** Each event once, even if others work on it. */
export async function writeNotices(deps: MailingDeps): Promise<void> {
  let due: DueNotice[]
  do {
    due = await deps.mailing.dueNotices(NOTICES_AT_ONCE)
    for (const event of due) if (!(await writeNotice(deps, event))) await deps.mailing.dropNotice(event.id)
  } while (due.length === NOTICES_AT_ONCE)
}

/** To the present mailbox, and to those that can still take the account back. */
async function writeNotice(deps: MailingDeps, due: DueNotice) {
  const { id: eventId, account, kind, subject, ...of } = due
  if (!account || !isMailed(kind)) return false // nobody is there, or a newer version wrote it, which tells of more
  const { id: accountId, email } = account
  const now = deps.now()
  // This one gets its own mail, because no further wrong code will come to bring it along.
  const authenticatorRefused = isGuess(kind) && (await isBlocked(deps, authenticatorAttempt(accountId)))
  const formers = listening(await deps.mailing.formerAddressesOf(accountId, now), email)
  const present = { email, id: null, leftAt: undefined }
  const tellsPresent = receivesNews(deps, account) && !hasOwnMail(kind)
  const mailboxes = [...(tellsPresent ? [present] : []), ...formers]
  const copies = mailboxes.map(({ email: mailbox, id: former, leftAt }): Copy => {
    const payload = { kind, subject, eventId, mailbox, former }
    const { token, link } = newLink(deps.vault, { accountId, purpose: 'not_me', payload, about: of.at }, now)
    const event = { kind, ...of, authenticatorRefused }
    const mail = noticeMail(deps, { to: mailbox, leftAt, token, event })
    const about = authenticatorRefused ? 'authenticator_refused' : kind
    return {
      link,
      mail: queuedMail(deps.vault, accountId, mail, now),
      budget: noticeBudget(accountId, about, former),
    }
  })
  return queueCopies(deps, eventId, copies, now.getTime())
}

/** Each mailbox has its own budget. One whose budget is spent doesn't keep others from hearing about it. */
async function queueCopies(deps: MailingDeps, eventId: string, copies: Copy[], nowMs: number): Promise<boolean> {
  if (copies.length === 0) return false
  if (await deps.mailing.queueNotice({ eventId, copies, nowMs })) return true
  const budgets = copies.map(({ budget }) => budget)
  const spent = await deps.mailing.spentBudgets(budgets, nowMs)
  if (spent.size === 0) return false
  return queueCopies(
    deps,
    eventId,
    copies.filter(({ budget }) => !spent.has(budget.key)),
    nowMs,
  )
}

const noticeBudget = (
  accountId: number,
  about: EventKind | 'authenticator_refused',
  former: string | null,
): BudgetRule => ({
  key: `mails:${about}:${accountId}${former ? `:${former}` : ''}`,
  // Every guess at a code writes one of these. The owner should hear about it, not drown in mails.
  most: isGuess(about) || about === 'authenticator_refused' ? 1 : TOLD_AT_MOST,
  windowMs: HOUR,
})

const isGuess = (kind: string) => kind === 'code_wrong' || kind === 'tested_code_wrong'

/**
 * Sends one mail after the other until none is due. A mail leaves the queue after the server has taken it, so a crash loses none:
 * its claim runs out, and another sends it. It goes out twice only if the process ends, or the server stops answering, after the
 * server took it and before the row is deleted. Both copies have the same Message-ID. A failed mail is tried again after a minute,
 * then two, up to every hour, for three days. A mail that the server refuses for good is given up at once.
 */
async function sendDue(deps: MailingDeps, run: Required<Run>): Promise<void> {
  while (!run.stopping()) {
    const nowMs = deps.now().getTime()
    const mail = await deps.mailing.claim(nowMs, nowMs + CLAIM)
    if (!mail) return
    await send(deps, mail, run)
  }
}

async function send(deps: MailingDeps, mail: ClaimedMail, { report, tried, failed }: Required<Run>): Promise<void> {
  const { id, createdAt, claimedUntilMs } = mail
  const opened = openMail(deps.vault, mail)
  const delivery = opened
    ? await deps.transport.deliver({ id, message: messageOf(opened, deps.writeMail), createdAt })
    : { ok: false as const, permanent: true, reason: 'not_opened' as const, reply: null }
  tried(delivery.ok ? 'sent' : 'failed')
  if (delivery.ok) return deps.mailing.remove(id)

  const { permanent, reason: lastError, reply: lastReply } = delivery
  const why = failureInWords(delivery)
  failed(why)
  const attempts = mail.attempts + 1
  const nextAttemptAtMs = deps.now().getTime() + Math.min(MINUTE * 2 ** (attempts - 1), HOUR)
  const tooOld = nextAttemptAtMs > createdAt.getTime() + THREE_DAYS
  if (!permanent && !tooOld)
    return deps.mailing.postpone({ id, claimedUntilMs, attempts, nextAttemptAtMs, lastError, lastReply })
  await deps.mailing.remove(id)
  report(`Mail ${id} was given up after ${attempts === 1 ? 'one try' : `${attempts} tries`}: ${why}.`)
}
