import { words } from '#views/words/words.ts'
import type { Answering } from '../../factor.http.ts'
import { typedCode } from '../typed-code.http.ts'
import type { RecoveryCodeFinding } from './recovery-codes.ts'

export const recoveryCodePages: Omit<Answering, 'kind'> = {
  ...typedCode,
  said: (_, { messages } = words) => messages.code.wrong_recovery_code,
  found(finding: RecoveryCodeFinding) {
    const { works, recoveryCode, usedRecoveryCode } = words.checkUp.test
    switch (finding.reason) {
      case 'right_recovery_code':
        return { tone: 'good', title: works, text: recoveryCode }
      case 'used_recovery_code': {
        const { title, text } = usedRecoveryCode
        return { tone: 'warn', title, text: text(words.dates.day(finding.usedAt)) }
      }
      case 'wrong_recovery_code':
        return { tone: 'bad', text: words.messages.code.wrong_recovery_code }
    }
  },
  detail: () => 'That is none of the account’s recovery codes, or it has been used.',
}
