import type { Name } from '../../account/usernames.ts'
import { type EventKind, type SecurityEvent, securityEvent } from '../../identity/security-events.ts'
import { newRecoveryCodes } from '../../lib/codes.ts'
import { newAccountId, newId } from '../../lib/tokens.ts'
import type { Vault } from '../../lib/vault.ts'
import { storedFactor } from '../../two-factor/enrol.ts'
import type { StoredFactor } from '../../two-factor/factor-secret.ts'
import { type StoredRecoveryCode, storedCodes } from '../../two-factor/recovery-codes.ts'
import type { Acting } from '../acting.ts'
import type { Membership } from '../groups.ts'
import type { ReadPerson } from './people.ts'

export type ImportedAccount = Name & {
  id: number
  email: string
  emailConfirmedAt: Date
  displayName: string | null
  displayNameLook: string | null
  passwordHash: string
  passwordChangedAt: Date
  suspendedAt: Date | null
  suspendedFor: string | null
  securityVersion: number
  createdAt: Date
}

export type ImportedRows = {
  account: ImportedAccount
  factors: StoredFactor[]
  codes: StoredRecoveryCode[]
  memberships: Membership[]
  events: SecurityEvent[]
}

export type ImportedAccountStore = {
  /** All of it or none. False if the address or the username is somebody's, or kept for somebody. */
  importAccount(rows: ImportedRows): Promise<boolean>
}

/** What makes an account of a person. The address counts as confirmed by the operator, who answers for the file. */
export function importedAccount(
  { vault, now }: { vault: Vault; now(): Date },
  person: ReadPerson,
  groupIds: ReadonlyMap<string, string>,
  by: Acting,
): Omit<ImportedRows, 'account'> & { account: Omit<ImportedAccount, keyof Name> } {
  const at = now()
  const id = newAccountId()
  const { email, displayName, displayNameLook, passwordHash, suspendedFor = null } = person
  const factors = person.device ? [factorOf(vault, id, person.device, at)] : []
  /** Who has just been given an account isn't mailed what is in it. */
  const event = (kind: EventKind, subject: string | null = null) =>
    securityEvent(kind, id, by.origin, at, null, { subject, noticed: false, by })
  return {
    account: {
      ...{ id, email, emailConfirmedAt: at, displayName, displayNameLook, createdAt: at },
      ...{ passwordHash, passwordChangedAt: at, suspendedAt: suspendedFor === null ? null : at, suspendedFor },
      securityVersion: 1 + factors.length + (suspendedFor === null ? 0 : 1), // one for each change in the log
    },
    factors,
    codes: factors.length > 0 ? spentCodes(vault, id, at) : [],
    memberships: person.groups.map(({ name, until }) => {
      const groupId = groupIds.get(name)
      if (groupId === undefined) throw new Error(`Somebody has deleted the group ${name} meanwhile.`)
      return { accountId: id, groupId, until, addedAt: at }
    }),
    events: [
      event('signed_up'),
      ...factors.map((factor) => event('second_factor_on', factor.id)),
      ...person.groups.map(({ name }) => event('group_joined', name)),
      ...(suspendedFor === null ? [] : [event('account_suspended')]),
    ],
  }
}

const factorOf = (
  vault: Vault,
  accountId: number,
  { factorKind, proven }: NonNullable<ReadPerson['device']>,
  at: Date,
): StoredFactor => storedFactor(vault, accountId, factorKind, { id: newId(), proven }, factorKind.firstName, at)

/** Nobody has seen any. Without one that is left, the first sign-in leads to a set that its owner sees. */
const spentCodes = (vault: Vault, accountId: number, at: Date): StoredRecoveryCode[] =>
  storedCodes(vault, accountId, newRecoveryCodes(), at).map((code) => ({ ...code, sealed: null, usedAt: at }))
