import { and, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { preparedInsert, preparedWrite } from '../prepared-writes.ts'
import { accounts, pendingSignIns, sessions } from '../schema.ts'
import { type Completion, complete } from './completions.ts'
import { accountStays } from './deletions.ts'
import type { FactorWrite } from './factors/factor-write.ts'
import { presented, presenting, recognition } from './known-browsers.ts'
import {
  accountUnchanged,
  beginSession,
  type EventRow,
  type Forgiven,
  forgive,
  hasSecondFactor,
  insertEvents,
  type KnownBrowserRow,
  recoveryOpensAt,
  rememberBrowser,
  type SessionRow,
} from './statements.ts'
import { type TrustUse, useTrust } from './trusted-browsers.ts'

type Pending = typeof pendingSignIns.$inferInsert

/** Sign-in, from the password to the session. */
export function signInStore({ db, atomically }: Database) {
  const accountBy = (where: SQL) =>
    db
      .select({
        id: accounts.id,
        uid: accounts.uid,
        email: accounts.email,
        passwordHash: accounts.passwordHash,
        securityVersion: accounts.securityVersion,
        suspendedAt: accounts.suspendedAt,
        endsAt: accounts.endsAt,
        deleteAt: accounts.deleteAt,
        hasSecondFactor,
        ...recognition,
      })
      .from(accounts)
      .where(where)
  const byEmail = placeholders({ email: accounts.email })
  const accountByEmail = prepared(
    'account_by_email',
    { ...byEmail, ...presented },
    accountBy(eq(accounts.email, byEmail.email)),
  )
  const byUsername = placeholders({ username: accounts.username })
  const accountByUsername = prepared(
    'account_by_username',
    { ...byUsername, ...presented },
    accountBy(eq(accounts.username, byUsername.username)),
  )

  const findPending = prepared(
    'find_pending',
    liveNow,
    db
      .select({ pending: pendingSignIns, uid: accounts.uid, deleteAt: accounts.deleteAt, recoveryOpensAt })
      .from(pendingSignIns)
      .innerJoin(accounts, eq(accounts.id, pendingSignIns.accountId))
      .where(and(live, isNull(accounts.suspendedAt), or(isNull(accounts.endsAt), gt(accounts.endsAt, liveNow.now)))),
  )

  return {
    accountByEmail: async (email: string, browserHashes: string[] = []) =>
      (await accountByEmail({ email, ...presenting(browserHashes) }))[0],

    accountByUsername: async (username: string, browserHashes: string[] = []) =>
      (await accountByUsername({ username, ...presenting(browserHashes) }))[0],

    signIn: ({
      session,
      securityVersion,
      event,
      forgiven,
      known,
      trusted,
      stays,
    }: {
      session: SessionRow
      securityVersion: number
      event: EventRow
      forgiven: Forgiven
      known: KnownBrowserRow | undefined
      trusted: TrustUse | undefined
      stays: EventRow | undefined
    }) =>
      atomically((tx) => [
        accountUnchanged(tx, session.accountId, securityVersion),
        ...beginSession(tx, session),
        ...(trusted ? [useTrust(tx, trusted)] : []),
        ...(known ? [rememberBrowser(tx, known)] : []),
        insertEvents(tx, event),
        ...(stays ? accountStays(tx, stays) : []),
        ...forgive(tx, forgiven),
      ]),

    signOut: ({ sessionId, event }: { sessionId: string; event: EventRow }) =>
      atomically((tx) => [
        // Somebody who signs out wants the account closed, so a half-done sign-in elsewhere closes too.
        tx.delete(pendingSignIns).where(eq(pendingSignIns.accountId, event.accountId)),
        must(tx.delete(sessions).where(eq(sessions.id, sessionId)).returning({ id: sessions.id })),
        insertEvents(tx, event),
      ]),

    startPending: ({ pending, forgiven }: { pending: Pending; forgiven: Forgiven }) =>
      atomically(
        (tx) => [
          accountUnchanged(tx, pending.accountId, pending.securityVersion),
          insertPending(tx, pending),
          ...forgive(tx, forgiven),
        ],
        { durable: false }, // after a power cut the password is typed again
      ),

    findPending: async (tokenHash: string, now: Date) => {
      const [found] = await findPending({ tokenHash, now })
      if (!found) return undefined
      const { pending, uid, deleteAt, recoveryOpensAt } = found
      return { ...pending, uid, deleteAt, recoveryOpensAt }
    },

    spendAttempt: (tokenHash: string, now: Date) =>
      atomically((tx) => [must(spendAttempt(tx, { tokenHash, now }))], { durable: false }),

    async cancelPending(tokenHash: string): Promise<void> {
      await atomically((tx) => [tx.delete(pendingSignIns).where(eq(pendingSignIns.tokenHash, tokenHash))])
    },

    /** Of all who hold the pending sign-in, the one whose DELETE returns its row gets the session. */
    complete: ({ pendingHash, ...completion }: Completion & { pendingHash: string }, proof: FactorWrite) =>
      atomically((tx) => [
        accountUnchanged(tx, completion.session.accountId, completion.securityVersion),
        ...proof.steps(tx),
        must(takePending(tx, { pendingHash })),
        ...complete(tx, completion, proof),
      ]),
  }
}

// Values that come later, so each is built once.

const pendingAt = { tokenHash: pendingSignIns.tokenHash, now: pendingSignIns.expiresAt }
const liveNow = placeholders(pendingAt)
const live = and(
  eq(pendingSignIns.tokenHash, liveNow.tokenHash),
  gt(pendingSignIns.attemptsLeft, 0),
  gt(pendingSignIns.expiresAt, liveNow.now),
)

const insertPending = preparedInsert('insert_pending', pendingSignIns)

const spendAttempt = preparedWrite('spend_attempt', pendingAt, (tx) =>
  tx
    .update(pendingSignIns)
    .set({ attemptsLeft: sql`${pendingSignIns.attemptsLeft} - 1` })
    .where(live)
    .returning({ attemptsLeft: pendingSignIns.attemptsLeft }),
)

const takePending = preparedWrite('take_pending', { pendingHash: pendingSignIns.tokenHash }, (tx, later) =>
  tx
    .delete(pendingSignIns)
    .where(eq(pendingSignIns.tokenHash, later.pendingHash))
    .returning({ tokenHash: pendingSignIns.tokenHash }),
)
