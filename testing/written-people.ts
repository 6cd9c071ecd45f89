import { randomBytes } from 'node:crypto'
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding'
import { displayed, newRecoveryCodes } from '#app/lib/codes.ts'
import { newAccountId, newId } from '#app/lib/tokens.ts'
import type { Vault } from '#app/lib/vault.ts'
import { sealSecret } from '#app/two-factor/factor-secret.ts'
import { NEVER_USED, TOTP } from '#app/two-factor/factors/totp/totp.ts'
import { storedCodes } from '#app/two-factor/recovery-codes.ts'
import type { Db } from '#db/client.ts'
import { accounts, factors, recoveryCodes } from '#db/schema.ts'
import { namedAfter } from './names.ts'

type Wanted = {
  vault: Vault
  passwordHash: string
  at: Date
  /** None: no second factor, and no recovery codes. */
  authenticators: number
  /** Where the database must not choose it. */
  uid?: number
}

/**
 * A person with a confirmed address, whom nobody saw sign up: `write` has the statements that make their rows as the product
 * would, so none of their codes is used.
 */
export function writtenPerson({ vault, passwordHash, at, authenticators, uid }: Wanted) {
  const id = newAccountId()
  const account = {
    ...{ id, ...namedAfter(id), passwordHash, passwordChangedAt: at, createdAt: at },
    ...{ emailConfirmedAt: at, securityVersion: 1 + authenticators, ...(uid !== undefined && { uid }) },
  }
  const devices = Array.from({ length: authenticators }, (_, index) => ({
    id: newId(),
    secret: randomBytes(20),
    name: index === 0 ? 'Authenticator' : `Spare phone ${index}`,
  }))
  const rows = devices.map(({ id: slot, secret, name }) => ({
    ...{ id: slot, accountId: id, kind: TOTP, slot, secret: sealSecret(vault, slot, secret), name },
    ...{ counter: NEVER_USED, addedAt: at },
  }))
  const codes = authenticators > 0 ? newRecoveryCodes() : []
  return {
    id,
    email: account.email,
    authenticators: devices.map((device) => ({ id: device.id, key: encodeBase32UpperCaseNoPadding(device.secret) })),
    codes: codes.map(displayed),
    write: (db: Db) => [
      db.insert(accounts).values(account),
      ...rows.map((row) => db.insert(factors).values(row)),
      ...(codes.length > 0 ? [db.insert(recoveryCodes).values(storedCodes(vault, id, codes, at))] : []),
    ],
  }
}
