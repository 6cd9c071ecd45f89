import { nextEndMail } from '../lib/end-mails.ts'
import type { Vault } from '../lib/vault.ts'
import { type MailDeps, tokenEndsMail } from './account-mails.ts'
import { type QueuedMail, queuedMail } from './mail.ts'
import { receivesNews } from './receivers.ts'

const AT_ONCE = 100

/** A token about whose end a mail is due, and whose it is. */
export type DueTokenEnd = Readonly<{
  id: string
  accountId: number
  email: string
  emailConfirmedAt: Date | null
  suspendedAt: Date | null
  /** Of the account. */
  endsAt: Date | null
  description: string
  hint: string
  expiresAt: Date | null
  endMailAt: Date | null
}>

export type TokenEndsStore = {
  /** The longest due first. */
  dueTokenEnds(now: Date, limit: number): Promise<readonly DueTokenEnd[]>
  /** Plans the next mail and queues this one, if there is one. False, and nothing done, if the token changed since it was read. */
  passTokenEnd(of: { token: DueTokenEnd; next: Date | null; mail: QueuedMail | undefined }): Promise<boolean>
}

export type TokenEndsDeps = Pick<MailDeps, 'mailDelivery' | 'baseUrl'> & {
  mailing: TokenEndsStore
  vault: Vault
  now(): Date
}

/**
 * Tells owners that access tokens end, a week before and a day before. Each mail is queued once, however many processes run this.
 * Where nothing ran for days, one mail tells what two would have.
 */
export async function writeTokenEnds(deps: TokenEndsDeps): Promise<void> {
  let due: readonly DueTokenEnd[]
  do {
    const now = deps.now()
    due = await deps.mailing.dueTokenEnds(now, AT_ONCE)
    for (const token of due) {
      const mail = mailAbout(deps, token, now)
      await deps.mailing.passTokenEnd({ token, next: nextEndMail(token.expiresAt, now), mail })
    }
  } while (due.length === AT_ONCE)
}

/** None for who is shut out: the token opens nothing now. If that changes, the next mail still comes. */
function mailAbout(deps: TokenEndsDeps, token: DueTokenEnd, now: Date): QueuedMail | undefined {
  const { accountId, email, description, hint, expiresAt, suspendedAt, endsAt } = token
  const isShutOut = suspendedAt !== null || (endsAt !== null && endsAt <= now)
  if (!expiresAt || expiresAt <= now || isShutOut || !receivesNews(deps, token)) return undefined
  const mail = tokenEndsMail(deps, { to: email, description, hint, endsAt: expiresAt, at: now })
  return queuedMail(deps.vault, accountId, mail, now)
}
