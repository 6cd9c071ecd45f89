import { z } from 'zod'
import { ChangePasswordPage } from '#views/account/change-password-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { chosenPasswordField, passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { passwordRefused, refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ChangePasswordDeps, type ChangePasswordResult, changePassword } from './change-password.ts'

const ChangePasswordForm = z.object({
  current: passwordField(),
  new: chosenPasswordField('newPassword'),
})

export function changePasswordRoutes(deps: ChangePasswordDeps & GuardDeps & { page: RenderPage }) {
  const { minLength } = deps.passwordRules

  return signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => {
        const { visitor } = c.var
        return deps.page(
          c,
          <ChangePasswordPage visitor={visitor} form={{}} minLength={minLength} email={visitor.account.email} />,
        )
      })
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, ChangePasswordForm)
        const show = (state: FormState<'current' | 'new'>) => (
          <ChangePasswordPage visitor={visitor} form={state} minLength={minLength} email={visitor.account.email} />
        )
        if (!form.ok) return deps.page(c, show({ errors: form.errors }), 422)
        const result = await changePassword(deps, visitor, form.data, c.var.origin, deps.cookies.browser.read(c))
        if (!result.ok) return deps.page(c, show(refused(result, minLength)), refusedStatus(c, result))
        deps.cookies.session.renew(c, result.token)
        deps.cookies.flash.leave(c, 'password_changed')
        return c.redirect('/settings/account', 303)
      }),
  )
}

function refused(result: Exclude<ChangePasswordResult, { ok: true }>, minLength: number): FormState<'current' | 'new'> {
  switch (result.reason) {
    case 'weak_password':
      return refusedForm('new', passwordRefused(result.refusal, minLength))
    case 'same_password':
      return refusedForm('new', words.messages.same_password)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds))
    case 'changed':
      return refusedForm('', words.messages.changedMeanwhile)
    case 'wrong_password':
      return refusedForm('current', words.messages.wrongPassword)
  }
}
