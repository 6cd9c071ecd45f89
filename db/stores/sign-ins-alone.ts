import { eq } from 'drizzle-orm'
import { type Database, must } from '../client.ts'
import { placeholders } from '../placeholders.ts'
import { prepared } from '../prepared.ts'
import { accounts, factors, spentChallenges, userHandles } from '../schema.ts'
import { type Completion, complete } from './completions.ts'
import type { FactorWrite } from './factors/factor-write.ts'
import { presented, presenting, recognition } from './known-browsers.ts'
import { accountUnchanged, recoveryOpensAt } from './statements.ts'

/** Sign-in by a device alone, which says itself of which account it is. */
export function signInAloneStore({ db, atomically }: Database) {
  const byCredential = placeholders({ credentialId: factors.credentialId })
  const ownerOf = prepared(
    'owner_of_credential',
    { ...byCredential, ...presented },
    db
      .select({
        accountId: accounts.id,
        uid: accounts.uid,
        email: accounts.email,
        securityVersion: accounts.securityVersion,
        suspendedAt: accounts.suspendedAt,
        endsAt: accounts.endsAt,
        deleteAt: accounts.deleteAt,
        recoveryOpensAt,
        userHandle: userHandles.handle,
        factor: factors,
        ...recognition,
      })
      .from(factors)
      .innerJoin(accounts, eq(accounts.id, factors.accountId))
      .leftJoin(userHandles, eq(userHandles.accountId, factors.accountId))
      .where(eq(factors.credentialId, byCredential.credentialId)),
  )

  return {
    ownerOf: async (credentialId: string, browserHashes: string[]) =>
      (await ownerOf({ credentialId, ...presenting(browserHashes) }))[0],

    /** Of all who answer it, one goes on. */
    spendChallenge: (spent: { hash: string; expiresAt: Date }) =>
      atomically((tx) => [
        must(tx.insert(spentChallenges).values(spent).onConflictDoNothing().returning({ hash: spentChallenges.hash })),
      ]),

    completeAlone: (completion: Completion, proof: FactorWrite) =>
      atomically((tx) => [
        accountUnchanged(tx, completion.session.accountId, completion.securityVersion),
        ...proof.steps(tx),
        ...complete(tx, completion, proof),
      ]),
  }
}
