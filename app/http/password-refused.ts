import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { refusedForm, tooManyAttempts } from './messages.ts'

type Refused = { reason: 'wait'; seconds: number } | { reason: 'changed' | 'wrong_password' }

/** What a form with nothing but the password says when it is refused. */
export function passwordRefused(result: Refused): FormState<'password'> {
  switch (result.reason) {
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds))
    case 'changed':
      return refusedForm('', words.messages.changedMeanwhile)
    case 'wrong_password':
      return refusedForm('password', words.messages.wrongPassword)
  }
}
