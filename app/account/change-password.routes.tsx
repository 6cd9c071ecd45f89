import { Hono } from 'hono'
import { z } from 'zod'
import { ChangePasswordPage } from '#views/settings/change-password-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import type { SignedInEnv } from '../http/env.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { type GuardDeps, may, signedIn } from '../http/guards.ts'
import {
  CHANGED_MEANWHILE,
  passwordRefused,
  refusedForm,
  refusedStatus,
  tooManyAttempts,
  WRONG_PASSWORD,
} from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { type ChangePasswordDeps, type ChangePasswordResult, changePassword } from './change-password.ts'

const ChangePasswordForm = z.object({
  current: passwordField(),
  new: z.string('Choose a new password.').min(1, 'Choose a new password.'),
})

export function changePasswordRoutes(deps: ChangePasswordDeps & GuardDeps & { page: RenderPage }) {
  const { minLength } = deps.passwordRules

  return new Hono<SignedInEnv>()
    .use('/', signedIn(deps), may(deps, 'anything'))
    .get('/', (c) => {
      const { session } = c.var
      return deps.page(c, <ChangePasswordPage viewer={session} form={{}} minLength={minLength} email={session.email} />)
    })
    .post('/', async (c) => {
      const { session } = c.var
      const form = await readForm(c, ChangePasswordForm)
      const show = (state: FormState<'current' | 'new'>) => (
        <ChangePasswordPage viewer={session} form={state} minLength={minLength} email={session.email} />
      )
      if (!form.ok) return deps.page(c, show({ errors: form.errors }), 422)
      const result = await changePassword(deps, session, form.data, c.var.origin, deps.cookies.browser.read(c))
      if (!result.ok) return deps.page(c, show(refused(result, minLength)), refusedStatus(c, result))
      deps.cookies.session.renew(c, result.token)
      deps.cookies.notice.leave(c, 'password_changed')
      return c.redirect('/settings/account', 303)
    })
}

function refused(result: Exclude<ChangePasswordResult, { ok: true }>, minLength: number): FormState<'current' | 'new'> {
  switch (result.reason) {
    case 'weak_password':
      return refusedForm('new', passwordRefused(result.refusal, minLength))
    case 'same_password':
      return refusedForm('new', 'That is the password you have now. Choose another.')
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), result)
    case 'changed':
      return refusedForm('', CHANGED_MEANWHILE)
    case 'wrong_password':
      return refusedForm('current', WRONG_PASSWORD)
  }
}
