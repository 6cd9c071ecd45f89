import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { NO_PASSWORD } from '../lib/passwords.ts'
import { type MailDeps, restoredElsewhereMail, restoredMail } from '../mail/account-mails.ts'
import { type FormerAddress, listening } from '../mail/former-addresses.ts'
import { type MailLink, newLink } from '../mail/links.ts'
import { type QueuedMail, queuedMail } from '../mail/mail.ts'
import { deletionDue } from './deletions.ts'

/** What a kind of second factor writes so that none of its answers until then counts any more. */
type Spent = { readonly kind: string }

export type RestoredStore = {
  /** In the order of their ids, after `after`. */
  accountsAfter(after: number, limit: number): Promise<{ id: number; email: string; tokensFrozenAt: Date | null }[]>
  formerAddressesOf(accountId: number, now: Date): Promise<FormerAddress[]>
  /** All of it in one transaction. False when the account's access tokens were frozen or released meanwhile. */
  closeRestored(
    of: {
      accountId: number
      wasFrozen: boolean
      /** What replaces the password's hash, if it is replaced. */
      passwordHash: string | undefined
      at: Date
      /** Of an account that was to be deleted: its owner may have taken that back since. */
      deleteAt: Date
      events: SecurityEvent[]
      links: MailLink[]
      mails: QueuedMail[]
    },
    spent: Spent[],
  ): Promise<boolean>
}

export type RestoredDeps = Pick<MailDeps, 'vault' | 'issuer' | 'baseUrl'> & {
  restored: RestoredStore
  factorKinds: readonly { spendAll?(of: { accountId: number; at: Date }): Spent }[]
  now(): Date
}

const AT_ONCE = 500
const ORIGIN = { address: 'server', browser: 'backup', system: null }

/**
 * For a database from a backup, where used things are unused again and changes are undone. Ends every session, half-done sign-in
 * and link except "This was not me", forgets trusted browsers and what people allowed third-party apps, freezes access tokens, uses up every recovery code (the next sign-in
 * leads to making new ones) and every authenticator code of this minute. Unless they are kept, closes every password and asks for a
 * new one by mail. Returns the number of accounts. May run again.
 */
export async function closeAfterRestore(
  deps: RestoredDeps,
  { keepPasswords = false }: { keepPasswords?: boolean } = {},
): Promise<number> {
  const { restored, now } = deps
  let closed = 0
  let after = -1
  for (;;) {
    const accounts = await restored.accountsAfter(after, AT_ONCE)
    for (const { id: accountId, email, tokensFrozenAt } of accounts) {
      const at = now()
      const wasFrozen = tokensFrozenAt !== null
      const event = (kind: 'restored' | 'tokens_frozen') => securityEvent(kind, accountId, ORIGIN, at)
      const spent = deps.factorKinds.flatMap((kind) => kind.spendAll?.({ accountId, at }) ?? [])
      const events = [event('restored'), ...(wasFrozen ? [] : [event('tokens_frozen')])]
      const passwordHash = keepPasswords ? undefined : NO_PASSWORD
      const asking = keepPasswords ? { links: [], mails: [] } : await askingForPassword(deps, { accountId, email }, at)
      const deleteAt = deletionDue(at)
      const closing = { accountId, wasFrozen, passwordHash, at, deleteAt, events, ...asking }
      if (!(await restored.closeRestored(closing, spent)))
        throw new Error('An account was changed meanwhile: stop the server, and run this again.')
      closed++
      after = accountId
    }
    if (accounts.length < AT_ONCE) return closed
  }
}

/** To the address in the backup, and with a way back to the addresses it left, whose owners may have used theirs since. */
async function askingForPassword(
  deps: RestoredDeps,
  { accountId, email }: { accountId: number; email: string },
  at: Date,
) {
  const formers = listening(await deps.restored.formerAddressesOf(accountId, at), email)
  const waysBack = formers.map(({ id: former, email: mailbox }) => {
    const payload = { kind: 'email_changed', mailbox, former }
    const { token, link } = newLink(deps.vault, { accountId, purpose: 'not_me', payload }, at)
    return { link, mail: restoredElsewhereMail(deps, { to: mailbox, token, email }) }
  })
  const told = [restoredMail(deps, { to: email }), ...waysBack.map(({ mail }) => mail)]
  return {
    links: waysBack.map(({ link }) => link),
    mails: told.map((mail) => queuedMail(deps.vault, accountId, mail, at)),
  }
}
