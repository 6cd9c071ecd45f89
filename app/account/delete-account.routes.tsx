import { z } from 'zod'
import { DeleteAccountPage } from '#views/account/delete-account-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type DeleteAccountDeps, type DeleteAccountRefused, requestDeletion } from './delete-account.ts'

const PasswordForm = z.object({ password: passwordField() })

/** "Delete Account": the second factor, shown just now, and the password. */
export const deleteAccountRoutes = (deps: DeleteAccountDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'delete_account', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => deps.page(c, <DeleteAccountPage visitor={c.var.visitor} form={{}} />))
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, PasswordForm)
        if (!form.ok) return deps.page(c, <DeleteAccountPage visitor={visitor} form={{ errors: form.errors }} />, 422)
        const result = await requestDeletion(deps, visitor, form.data.password, c.var.origin)
        if (!result.ok)
          return deps.page(c, <DeleteAccountPage visitor={visitor} form={refused(result)} />, refusedStatus(c, result))
        deps.cookies.session.remove(c)
        deps.cookies.enrolment.remove(c)
        deps.cookies.flash.leave(c, 'deletion_requested')
        c.header('Clear-Site-Data', '"cache"') // what Back would show again
        return c.redirect('/sign-in', 303)
      }),
  )

function refused(result: DeleteAccountRefused): FormState<'password'> {
  switch (result.reason) {
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds))
    case 'changed':
      return refusedForm('', words.messages.changedMeanwhile)
    case 'last_operator':
      return refusedForm('', words.settings.deleteAccount.lastOperator)
    case 'wrong_password':
      return refusedForm('password', words.messages.wrongPassword)
  }
}
