import { recoveryCodeWrites } from '#db/stores/factors/recovery-codes.ts'
import type { Vault } from '../../../lib/vault.ts'
import { recoveryCodePages } from './recovery-codes.http.ts'
import { recoveryCodeAnswers } from './recovery-codes.ts'

export const recoveryCodeKind = (vault: Vault) => ({
  ...recoveryCodeAnswers(vault, recoveryCodeWrites),
  ...recoveryCodePages,
})
