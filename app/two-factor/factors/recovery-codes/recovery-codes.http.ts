import type { Answering } from '../../factor.http.ts'
import { typedCode } from '../typed-code.http.ts'

export const recoveryCodePages: Omit<Answering, 'kind'> = {
  ...typedCode,
  said: () => 'That looks like a recovery code, but it is not one of yours or has been used.',
  detail: () => 'That is none of the account’s recovery codes, or it has been used.',
}
