import { z } from 'zod'
import { ChangeUsernamePage } from '#views/account/change-username-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus, tooManyAttempts } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ChangeUsernameDeps, type ChangeUsernameResult, changeUsername } from './change-username.ts'

const ChangeUsernameForm = z.object({ username: z.string(), password: passwordField() })

/** Settings → Account → Change Username. Where the operator lets nobody, there is only the sentence that says so. */
export const changeUsernameRoutes = (deps: ChangeUsernameDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) =>
        deps.page(c, <ChangeUsernamePage visitor={c.var.visitor} form={{}} isFixed={deps.usernamesStay} />),
      )
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, ChangeUsernameForm)
        const values = { username: form.values.username ?? '' }
        const show = (state: FormState<'username' | 'password'>) => (
          <ChangeUsernamePage visitor={visitor} form={state} isFixed={deps.usernamesStay} />
        )
        if (!form.ok) return deps.page(c, show({ values, errors: form.errors }), 422)
        const result = await changeUsername(deps, visitor, form.data, c.var.origin)
        if (!result.ok) return deps.page(c, show(refused(result, values)), refusedStatus(c, result))
        deps.cookies.session.renew(c, result.token)
        deps.cookies.flash.leave(c, 'username_changed')
        return c.redirect('/settings/account', 303)
      }),
  )

function refused(
  result: Exclude<ChangeUsernameResult, { ok: true }>,
  values: { username: string },
): FormState<'username' | 'password'> {
  switch (result.reason) {
    case 'no_username':
    case 'too_long_username':
    case 'reserved_username':
    case 'same_username':
    case 'username_taken':
      return refusedForm('username', words.messages.username[result.reason], values)
    case 'usernames_stay':
      return refusedForm('', words.messages.username.usernames_stay, values)
    case 'wrong_password':
      return refusedForm('password', words.messages.wrongPassword, values)
    case 'changed':
      return refusedForm('', words.messages.changedMeanwhile, values)
    case 'wait':
      return refusedForm('', tooManyAttempts(result.seconds), values)
  }
}
