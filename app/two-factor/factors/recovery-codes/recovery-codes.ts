import { readTypedCode } from '../../../lib/codes.ts'
import type { Vault } from '../../../lib/vault.ts'
import { type FactorWrite, type Fields, refused, type SignInAnswer } from '../../factor.ts'
import { CODES_SHOWN_FOR, recoveryCodeText } from '../../recovery-codes.ts'

const KIND = 'recovery-codes'

/** The store's part: each code counts once. */
export type RecoveryCodeUses = {
  use(of: { accountId: number; hashes: string[]; codesShownUntil: Date; now: Date }): FactorWrite
}

export type RecoveryCodeRefusal = { kind: typeof KIND; reason: 'wrong_recovery_code' }

/** Recovery codes at the door of the second step. They are judged like a factor, but nobody enrols one. */
export const recoveryCodeAnswers = (vault: Vault, store: RecoveryCodeUses) => ({
  kind: KIND,

  read({ code: typed }: Fields): SignInAnswer | undefined {
    const read = typeof typed === 'string' ? readTypedCode(typed) : undefined
    if (read?.kind !== 'recovery_code') return undefined
    const wrong: RecoveryCodeRefusal = { kind: KIND, reason: 'wrong_recovery_code' }
    return {
      method: 'recovery_code',
      judge: async ({ accountId, now }) => {
        const hashes = vault.hashes('recovery-code-hash', recoveryCodeText(accountId, read.code))
        const codesShownUntil = new Date(now.getTime() + CODES_SHOWN_FOR)
        return { ok: true, proof: store.use({ accountId, hashes, codesShownUntil, now }), otherwise: refused(wrong) }
      },
    }
  },
})
