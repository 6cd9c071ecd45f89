import { randomBytes } from 'node:crypto'
import { hintOf, newAccessToken } from '#app/access-tokens/token.ts'
import { newRecoveryCodes } from '#app/lib/codes.ts'
import { hashToken, newId } from '#app/lib/tokens.ts'
import type { Vault } from '#app/lib/vault.ts'
import { NEVER_USED } from '#app/two-factor/factor.ts'
import { sealSecret } from '#app/two-factor/factor-secret.ts'
import { storedCodes } from '#app/two-factor/recovery-codes.ts'
import type { Database } from '#db/client.ts'
import { accessTokens, accounts, factors, recoveryCodes } from '#db/schema.ts'

export type BenchAccount = { id: number; email: string; secret: string }

/** Accounts with a second factor, written straight into the database; all have the password of `passwordHash`. */
export async function makeAccounts(
  { db }: Database,
  vault: Vault,
  passwordHash: string,
  amount: number,
): Promise<BenchAccount[]> {
  const at = new Date()
  const made = Array.from({ length: amount }, (_, index) => ({
    id: index + 1,
    email: `${index + 1}@example.com`,
    secret: randomBytes(20),
  }))
  for (const { id, email, secret } of made) {
    const factorId = newId()
    await db
      .insert(accounts)
      .values({ id, email, passwordHash, passwordChangedAt: at, securityVersion: 1, createdAt: at })
    const sealed = sealSecret(vault, factorId, secret)
    await db.insert(factors).values({
      id: factorId,
      accountId: id,
      kind: 'totp',
      slot: 'totp',
      secret: sealed,
      counter: NEVER_USED,
      addedAt: at,
    })
    await db.insert(recoveryCodes).values(storedCodes(vault, id, newRecoveryCodes(), at))
  }
  return made.map(({ id, email, secret }) => ({ id, email, secret: secret.toString('hex') }))
}

/** An access token of the first account. */
export async function makeToken({ db }: Database): Promise<string> {
  const value = newAccessToken()
  const tokenHash = hashToken(value)
  const token = {
    id: newId(),
    accountId: 1,
    tokenHash,
    hint: hintOf(value),
    description: 'bench',
    scopes: 'account:read',
  }
  await db.insert(accessTokens).values({ ...token, createdAt: new Date(), expiresAt: null })
  return value
}
