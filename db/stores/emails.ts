import { and, eq, not, sql } from 'drizzle-orm'
import { type Database, type Db, isDuplicate, must, unlessOrphaned } from '../client.ts'
import { accessTokens, accounts, factors, recoveryCodes } from '../schema.ts'
import { type FormerAddressRow, formerAddressStore, keptForNobodyElse, leaveAddress } from './former-addresses.ts'
import { insertLinks, insertNewestLink, type MailLinkRow, mailLinkStore, useLink } from './mail-links.ts'
import {
  accountUnchanged,
  dropLinks,
  type EventRow,
  endEverything,
  endEverythingElse,
  type Forgiven,
  forgetOtherBrowsers,
  forgetTrustedBrowsers,
  forgive,
  forgiveAll,
  insertEvents,
  lockAccount,
  type MailRow,
  queueMails,
  type Renewal,
  renewSession,
} from './statements.ts'

type Owner = { id: number; email: string; emailConfirmedAt: Date | null }
type Unchanged = { accountId: number; securityVersion: number }
type ChangeRequest = Unchanged & {
  renewal: Renewal
  link: MailLinkRow | 'as it was' | undefined
  mails: MailRow[]
  event: EventRow
  forgiven: Forgiven
}
type Change = Unchanged & {
  tokenHash: string
  newEmail: string
  now: Date
  renewal: Renewal | undefined
  former: FormerAddressRow | undefined
  notMe: MailLinkRow[]
  mails: MailRow[]
  event: EventRow
}
type ResetRequest = { link: MailLinkRow; mail: MailRow; event: EventRow }
type Reset = {
  accountId: number
  tokenHash: string
  passwordHash: string
  knownBy: string[]
  now: Date
  event: EventRow
  frozen: EventRow
  forgivenBeginnings: string[]
  forgiven: Forgiven
}

/** An account's address, and what only its mailbox can do: confirm it, change it, reset the password. */
export const emailStore = ({ db, atomically, ...database }: Database) => ({
  findLink: mailLinkStore({ db, atomically, ...database }).findLink,
  newestLink: mailLinkStore({ db, atomically, ...database }).newestLink,
  ...formerAddressStore({ db }),

  /** What opens an account, next to its password, and its address. */
  async openersOf(accountId: number) {
    const [account] = await db
      .select({ email: accounts.email, emailConfirmedAt: accounts.emailConfirmedAt })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    if (!account) return undefined
    const active = await db.select({ id: factors.id }).from(factors).where(eq(factors.accountId, accountId))
    const tokens = await db
      .select({ hash: accessTokens.tokenHash })
      .from(accessTokens)
      .where(eq(accessTokens.accountId, accountId))
    const [code] = await db
      .select({ madeAt: recoveryCodes.madeAt })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.accountId, accountId))
      .limit(1)
    return {
      ...account,
      factorIds: active.map(({ id }) => id),
      tokenHashes: tokens.map(({ hash }) => hash),
      codesMadeAt: code?.madeAt ?? null,
    }
  },

  async ownerOf(email: string): Promise<Owner | undefined> {
    const [owner] = await db
      .select({ id: accounts.id, email: accounts.email, emailConfirmedAt: accounts.emailConfirmedAt })
      .from(accounts)
      .where(eq(accounts.email, email))
    return owner
  },

  async namesOf(accountId: number): Promise<{ email: string; username: string } | undefined> {
    const [account] = await db
      .select({ email: accounts.email, username: accounts.username })
      .from(accounts)
      .where(eq(accounts.id, accountId))
    return account
  },

  /** Not for an account that is gone. */
  async queueMail(mail: MailRow): Promise<void> {
    await unlessOrphaned(atomically((tx) => [queueMails(tx, mail)]))
  },

  sendConfirmation: ({ accountId, securityVersion, link, mail }: Unchanged & { link: MailLinkRow; mail: MailRow }) =>
    atomically((tx) => [
      accountUnchanged(tx, accountId, securityVersion),
      ...insertNewestLink(tx, link),
      queueMails(tx, mail),
    ]),

  confirmEmail: ({
    accountId,
    email,
    tokenHash,
    now,
    event,
  }: {
    accountId: number
    email: string
    tokenHash: string
    now: Date
    event: EventRow
  }) =>
    atomically((tx) => [
      must(
        tx
          .update(accounts)
          .set({ emailConfirmedAt: confirmed(now) })
          .where(and(eq(accounts.id, accountId), eq(accounts.email, email)))
          .returning({ id: accounts.id }),
      ),
      useLink(tx, { tokenHash, purpose: 'confirm_email', now }),
      insertEvents(tx, event),
    ]),

  requestEmailChange: ({ accountId, securityVersion, renewal, link, mails, event, forgiven }: ChangeRequest) =>
    atomically((tx) => [
      accountUnchanged(tx, accountId, securityVersion),
      renewSession(tx, renewal),
      ...requested(tx, accountId, link),
      ...forgive(tx, forgiven),
      insertEvents(tx, event),
      ...(mails.length > 0 ? [queueMails(tx, ...mails)] : []),
    ]),

  async changeEmail(change: Change): Promise<boolean> {
    try {
      return await atomically((tx) => changeEmail(tx, change))
    } catch (error) {
      if (isDuplicate(error)) return false // somebody took the address at this moment
      throw error
    }
  },

  // Doesn't wait for the disk, so the time tells nothing. If a power cut forgets it, it costs another request.
  async requestReset({ link, mail, event }: ResetRequest): Promise<void> {
    await atomically((tx) => [lockAccount(tx, link.accountId), ...writeReset(tx, { link, mail, event })], {
      durable: false,
    })
  },

  async rehearseReset({ email, ...request }: ResetRequest & { email: string }): Promise<void> {
    const { accountId: id, createdAt } = request.link
    // No username has an @, so this one is free.
    const named = { email, username: email, usernameLook: email }
    const nobody = { id, ...named, passwordHash: '', passwordChangedAt: createdAt, securityVersion: 1, createdAt }
    await atomically(
      (tx) => [
        // Somebody may have signed up with the address since we looked. Then there is nothing to rehearse on.
        must(tx.insert(accounts).values(nobody).onConflictDoNothing().returning({ id: accounts.id })),
        ...writeReset(tx, request),
        must(tx.select({ id: accounts.id }).from(accounts).where(sql`1 = 0`)), // undoes everything
      ],
      { durable: false },
    )
  },

  async resetPassword(reset: Reset): Promise<boolean> {
    return (
      (await atomically((tx) => setPassword(tx, reset, true))) ||
      (await atomically((tx) => setPassword(tx, reset, false)))
    )
  },
})

const setPassword = (
  tx: Db,
  { accountId, tokenHash, passwordHash, knownBy, now, event, frozen, forgivenBeginnings, forgiven }: Reset,
  freezes: boolean,
) => [
  must(
    tx
      .update(accounts)
      .set({
        passwordHash,
        passwordChangedAt: now,
        emailConfirmedAt: confirmed(now), // the link was read in that mailbox
        securityVersion: sql`${accounts.securityVersion} + 1`,
        ...(freezes && { tokensFrozenAt: now }),
      })
      .where(and(eq(accounts.id, accountId), freezes ? madeByAStranger : not(madeByAStranger)))
      .returning({ id: accounts.id }),
  ),
  ...endEverything(tx, accountId),
  forgetOtherBrowsers(tx, accountId, knownBy),
  useLink(tx, { tokenHash, purpose: 'reset_password', now }),
  dropLinks(tx, accountId, ['reset_password', 'change_email']),
  ...forgive(tx, forgiven),
  ...forgivenBeginnings.map((beginning) => forgiveAll(tx, beginning)),
  insertEvents(tx, event, ...(freezes ? [frozen] : [])),
]

/** There may be live access tokens from before anybody proved that the mailbox is theirs. */
const madeByAStranger = sql`(${accounts.tokensFrozenAt} is null and (${accounts.emailConfirmedAt} is null or exists (
  select 1 from ${accessTokens} where ${accessTokens}.account_id = ${accounts}.id and ${accessTokens}.created_at < ${accounts.emailConfirmedAt})))`

const changeEmail = (
  tx: Db,
  { accountId, securityVersion, tokenHash, newEmail, now, renewal, former, notMe, mails, event }: Change,
) => [
  must(
    tx
      .update(accounts)
      .set({ email: newEmail, emailConfirmedAt: now, emailChangedAt: now, securityVersion: securityVersion + 1 })
      .where(
        and(
          eq(accounts.id, accountId),
          eq(accounts.securityVersion, securityVersion),
          sql`not exists (select 1 from ${accounts} as others where others.email = ${newEmail} and others.id <> ${accountId})`,
        ),
      )
      .returning({ id: accounts.id }),
  ),
  keptForNobodyElse(tx, { accountId, email: newEmail, now }),
  ...(renewal
    ? [
        renewSession(tx, renewal),
        ...endEverythingElse(tx, accountId, renewal.sessionId),
        forgetTrustedBrowsers(tx, accountId),
      ]
    : endEverything(tx, accountId)),
  ...(former ? [leaveAddress(tx, former)] : []),
  useLink(tx, { tokenHash, purpose: 'change_email', now }),
  dropLinks(tx, accountId, ['confirm_email', 'change_email', 'reset_password']),
  ...(notMe.length > 0 ? [insertLinks(tx, notMe)] : []),
  insertEvents(tx, event),
  ...(mails.length > 0 ? [queueMails(tx, ...mails)] : []),
]

const writeReset = (tx: Db, { link, mail, event }: ResetRequest) => [
  ...insertNewestLink(tx, link),
  insertEvents(tx, event),
  queueMails(tx, mail),
]

function requested(tx: Db, accountId: number, link: ChangeRequest['link']) {
  if (link === 'as it was') return []
  return link ? insertNewestLink(tx, link) : [dropLinks(tx, accountId, ['change_email'])]
}

/** Since when it is confirmed, or else since now. */
const confirmed = (now: Date) =>
  sql<Date>`coalesce(${accounts.emailConfirmedAt}, ${sql.param(now, accounts.emailConfirmedAt)})`
