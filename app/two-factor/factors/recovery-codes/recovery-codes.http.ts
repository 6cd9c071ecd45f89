import { words } from '#views/words/words.ts'
import type { Answering } from '../../factor.http.ts'
import { typedCode } from '../typed-code.http.ts'

export const recoveryCodePages: Omit<Answering, 'kind'> = {
  ...typedCode,
  said: (_, { messages } = words) => messages.code.wrong_recovery_code,
  detail: () => 'That is none of the account’s recovery codes, or it has been used.',
}
