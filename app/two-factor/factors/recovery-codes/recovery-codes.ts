import { readTypedCode } from '../../../lib/codes.ts'
import type { Vault } from '../../../lib/vault.ts'
import { type FactorWrite, type Fields, type Finding, refused, type SignInAnswer } from '../../factor.ts'
import { CODES_SHOWN_FOR, recoveryCodeText } from '../../recovery-codes.ts'

const KIND = 'recovery-codes'

/** The store's part: each code counts once. */
export type RecoveryCodeUses = {
  use(of: { accountId: number; hashes: string[]; codesShownUntil: Date; now: Date }): FactorWrite
}

export type RecoveryCodeRefusal = { kind: typeof KIND; reason: 'wrong_recovery_code' }

export type RecoveryCodeFinding = Finding &
  (
    | { verdict: 'right'; reason: 'right_recovery_code' }
    | { verdict: 'past'; reason: 'used_recovery_code'; usedAt: Date }
    | { verdict: 'wrong'; reason: 'wrong_recovery_code' }
  )

/** Recovery codes at the door of the second step. They are judged like a factor, but nobody enrols one. */
export const recoveryCodeAnswers = (vault: Vault, store: RecoveryCodeUses) => ({
  kind: KIND,

  read({ code: typed }: Fields): SignInAnswer | undefined {
    const read = typeof typed === 'string' ? readTypedCode(typed) : undefined
    if (read?.kind !== 'recovery_code') return undefined
    const wrong: RecoveryCodeRefusal = { kind: KIND, reason: 'wrong_recovery_code' }
    const hashesFor = (accountId: number) => vault.hashes('recovery-code-hash', recoveryCodeText(accountId, read.code))
    return {
      method: 'recovery_code',
      judge: async ({ accountId, now }) => {
        const hashes = hashesFor(accountId)
        const codesShownUntil = new Date(now.getTime() + CODES_SHOWN_FOR)
        return { ok: true, proof: store.use({ accountId, hashes, codesShownUntil, now }), otherwise: refused(wrong) }
      },
      async test({ accountId, recoveryCodes }): Promise<RecoveryCodeFinding> {
        const hashes = hashesFor(accountId)
        const code = (await recoveryCodes()).find(({ hash }) => hashes.includes(hash))
        if (!code) return { ...wrong, verdict: 'wrong' }
        if (!code.usedAt) return { kind: KIND, verdict: 'right', reason: 'right_recovery_code' }
        return { kind: KIND, verdict: 'past', reason: 'used_recovery_code', usedAt: code.usedAt }
      },
    }
  },
})
