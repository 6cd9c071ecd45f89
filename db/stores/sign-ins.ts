import { and, eq, gt, inArray, isNull, lt, notExists, sql } from 'drizzle-orm'
import { type Database, type Db, must } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { preparedInsert, preparedWrite } from '../prepared-writes.ts'
import { accounts, factors, pendingSignIns, recoveryCodes, sessions } from '../schema.ts'
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
  rememberBrowser,
  type SessionRow,
} from './statements.ts'
import { insertTrust, type Trust, type TrustUse, useTrust } from './trusted-browsers.ts'

type Pending = typeof pendingSignIns.$inferInsert
type Completion = {
  pendingHash: string
  securityVersion: number
  session: SessionRow
  events: EventRow[]
  forgiven: Forgiven
  known: KnownBrowserRow | undefined
  trust: Trust | undefined
  now: Date
}

/** Sign-in, from the password to the session. */
export function signInStore({ db, atomically }: Database) {
  const byEmail = placeholders({ email: accounts.email })
  const accountByEmail = prepared(
    'account_by_email',
    { ...byEmail, ...presented },
    db
      .select({
        id: accounts.id,
        uid: accounts.uid,
        email: accounts.email,
        passwordHash: accounts.passwordHash,
        securityVersion: accounts.securityVersion,
        suspendedAt: accounts.suspendedAt,
        hasSecondFactor,
        ...recognition,
      })
      .from(accounts)
      .where(eq(accounts.email, byEmail.email)),
  )

  const findPending = prepared(
    'find_pending',
    liveNow,
    db
      .select({ pending: pendingSignIns, uid: accounts.uid })
      .from(pendingSignIns)
      .innerJoin(accounts, eq(accounts.id, pendingSignIns.accountId))
      .where(and(live, isNull(accounts.suspendedAt))),
  )

  return {
    accountByEmail: async (email: string, browserHashes: string[] = []) =>
      (await accountByEmail({ email, ...presenting(browserHashes) }))[0],

    signIn: ({
      session,
      securityVersion,
      event,
      forgiven,
      known,
      trusted,
    }: {
      session: SessionRow
      securityVersion: number
      event: EventRow
      forgiven: Forgiven
      known: KnownBrowserRow | undefined
      trusted: TrustUse | undefined
    }) =>
      atomically((tx) => [
        accountUnchanged(tx, session.accountId, securityVersion),
        ...beginSession(tx, session),
        ...(trusted ? [useTrust(tx, trusted)] : []),
        ...(known ? [rememberBrowser(tx, known)] : []),
        insertEvents(tx, event),
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
      return found && { ...found.pending, uid: found.uid }
    },

    spendAttempt: (tokenHash: string, now: Date) =>
      atomically((tx) => [must(spendAttempt(tx, { tokenHash, now }))], { durable: false }),

    async cancelPending(tokenHash: string): Promise<void> {
      await atomically((tx) => [tx.delete(pendingSignIns).where(eq(pendingSignIns.tokenHash, tokenHash))])
    },

    completeWithFactor: ({
      factorId,
      counter,
      now,
      ...completion
    }: Completion & { factorId: string; counter: number }) =>
      atomically((tx) => [
        accountUnchanged(tx, completion.session.accountId, completion.securityVersion),
        must(useFactor(tx, { factorId, counter, now })),
        ...complete(tx, completion),
      ]),

    async completeWithRecoveryCode({
      hashes,
      codesShownUntil,
      now,
      ...completion
    }: Completion & { hashes: string[]; codesShownUntil: Date }) {
      const { accountId, id } = completion.session
      const unused = and(eq(recoveryCodes.accountId, accountId), isNull(recoveryCodes.usedAt))
      const completed = await atomically((tx) => [
        accountUnchanged(tx, accountId, completion.securityVersion),
        must(
          tx
            .update(recoveryCodes)
            .set({ usedAt: now, sealed: null })
            .where(and(unused, inArray(recoveryCodes.hash, hashes)))
            .returning({ id: recoveryCodes.id }),
        ),
        ...complete(tx, completion),
        // After the last code the next page makes new ones; the password has just been typed.
        tx
          .update(sessions)
          .set({ codesShownUntil })
          .where(
            and(eq(sessions.id, id), notExists(tx.select({ id: recoveryCodes.id }).from(recoveryCodes).where(unused))),
          ),
      ])
      if (!completed) return undefined
      const left = await db.select({ id: recoveryCodes.id }).from(recoveryCodes).where(unused)
      return left.length
    },
  }
}

/** Of all who hold the pending sign-in, the one whose DELETE returns its row gets the session. */
const complete = (
  tx: Db,
  { pendingHash, session, events, forgiven, known, trust: trusted }: Omit<Completion, 'now'>,
) => [
  must(takePending(tx, { pendingHash })),
  ...beginSession(tx, session),
  ...(trusted ? insertTrust(tx, trusted) : []),
  ...(known ? [rememberBrowser(tx, known)] : []),
  insertEvents(tx, ...events),
  ...forgive(tx, forgiven),
]

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

const useFactor = preparedWrite(
  'use_factor',
  { factorId: factors.id, counter: factors.counter, now: factors.lastUsedAt },
  (tx, later) =>
    tx
      .update(factors)
      .set({ counter: later.counter, lastUsedAt: later.now })
      .where(and(eq(factors.id, later.factorId), lt(factors.counter, later.counter))) // the counter only ever grows
      .returning({ id: factors.id }),
)
