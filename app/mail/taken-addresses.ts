import { attemptMails, chargeMail, type LimitDeps } from '../identity/limits.ts'
import type { Origin } from '../lib/origin.ts'
import { addressKeptMail, addressTriedMail, type MailDeps } from './account-mails.ts'
import { type QueuedMail, queuedMail } from './mail.ts'
import { receivesNews } from './receivers.ts'

/** Whose an address is: the account that goes by it, or left it so lately that it is kept for it. */
export type Holder = { id: number; emailConfirmedAt: Date | null; keptUntil: Date | null }

export type TakenAddressStore = { holderOf(email: string, now: Date): Promise<Holder | undefined> }

/** To the mailbox that somebody else gave as theirs, at most once an hour; undefined where it has been told already, or hears no news. */
export async function triedMail(
  deps: LimitDeps & MailDeps,
  { to, holder, origin, now }: { to: string; holder: Holder; origin: Origin; now: Date },
): Promise<QueuedMail | undefined> {
  const { keptUntil } = holder // it was confirmed then
  if (keptUntil === null && !receivesNews(deps, holder)) return undefined
  if (!(await chargeMail(deps, attemptMails(to))).ok) return undefined
  const mail = keptUntil ? addressKeptMail({ to, keptUntil, origin }) : addressTriedMail(deps, { to, origin })
  return queuedMail(deps.vault, holder.id, mail, now)
}
