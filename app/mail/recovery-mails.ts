import { recoveryEnds } from '../identity/recovery.ts'
import { hasEnded } from '../identity/standing.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import { recoveryWaitsMail } from './account-mails.ts'
import { type MailLink, newLink } from './links.ts'
import { type QueuedMail, queuedMail } from './mail.ts'

const DAY = 24 * 60 * 60_000
const AT_ONCE = 100

/** A wait about which a mail is due, and whose it is. */
export type DueRecoveryMail = Origin &
  Readonly<{
    accountId: number
    email: string
    suspendedAt: Date | null
    /** Of the account. */
    endsAt: Date | null
    begunAt: Date
    opensAt: Date
    mailAt: Date | null
  }>

export type RecoveryMailStore = {
  /** The longest due first. */
  dueRecoveryMails(now: Date, limit: number): Promise<readonly DueRecoveryMail[]>
  /** Plans the next mail and queues this one, if there is one. False, and nothing done, if another process did it or it was stopped. */
  passRecoveryMail(of: {
    recovery: { accountId: number; mailAt: Date }
    next: Date | null
    told: { link: MailLink; mail: QueuedMail } | undefined
  }): Promise<boolean>
}

export type RecoveryMailDeps = {
  mailing: RecoveryMailStore
  baseUrl: string
  vault: Vault
  /** 0: turned off, and nothing is told of what housekeeping is about to remove. */
  recoveryDelay: number
  now(): Date
}

/**
 * Tells owners that somebody waits to replace the second factor, or can do it now: at once, every day, and when the wait is over. Each
 * mail is queued once, however many processes run this. Where nothing ran for days, one mail tells it.
 */
export async function writeRecoveryMails(deps: RecoveryMailDeps): Promise<void> {
  if (deps.recoveryDelay === 0) return
  let due: readonly DueRecoveryMail[]
  do {
    const now = deps.now()
    due = await deps.mailing.dueRecoveryMails(now, AT_ONCE)
    for (const recovery of due) {
      const { accountId, mailAt } = recovery
      if (!mailAt) continue
      const told = toldAbout(deps, recovery, now)
      await deps.mailing.passRecoveryMail({ recovery: { accountId, mailAt }, next: nextMail(recovery, now), told })
    }
  } while (due.length === AT_ONCE)
}

/** A day after the one before, or when it opens if that is sooner; null once it has ended. */
function nextMail({ begunAt, opensAt }: DueRecoveryMail, now: Date): Date | null {
  const days = Math.floor((now.getTime() - begunAt.getTime()) / DAY) + 1
  const nextDay = new Date(begunAt.getTime() + days * DAY)
  const next = now < opensAt && opensAt < nextDay ? opensAt : nextDay
  return next < recoveryEnds(opensAt) ? next : null
}

function toldAbout(deps: RecoveryMailDeps, recovery: DueRecoveryMail, now: Date) {
  const { accountId, email, suspendedAt, begunAt, opensAt, address, browser, system } = recovery
  const endsAt = recoveryEnds(opensAt)
  if (suspendedAt || hasEnded(recovery, now) || now >= endsAt) return undefined
  const { token, link } = newLink(deps.vault, { accountId, purpose: 'stop_recovery' }, now)
  const origin = { address, browser, system }
  const mail = recoveryWaitsMail(deps, { to: email, token, origin, begunAt, opensAt, endsAt, at: now })
  return { link, mail: queuedMail(deps.vault, accountId, mail, now) }
}
