import { z } from 'zod'
import { PasswordAgainPage } from '#views/account/password-again-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { passwordRefused } from '../http/password-refused.ts'
import { returnPath } from '../http/return-to.ts'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type PasswordAgainDeps, typePasswordAgain } from './password-again.ts'

const PasswordForm = z.object({ password: passwordField(), return_to: z.string().optional() })

/** Where a session is led that has to show its password again, and from where it goes on to what it wanted. */
export function passwordAgainRoutes(deps: PasswordAgainDeps & GuardDeps & { page: RenderPage; baseUrl: string }) {
  return signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => {
        const returnTo = c.req.query('return_to')
        return deps.page(c, <PasswordAgainPage visitor={c.var.visitor} form={{}} returnTo={returnTo} />)
      })
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, PasswordForm)
        const { return_to: returnTo } = form.values
        const show = (state: FormState<'password'>) => (
          <PasswordAgainPage visitor={visitor} form={state} returnTo={returnTo} />
        )
        if (!form.ok) return deps.page(c, show({ errors: form.errors }), 422)
        const result = await typePasswordAgain(deps, visitor, form.data.password, c.var.origin)
        if (!result.ok) return deps.page(c, show(passwordRefused(result)), refusedStatus(c, result))
        deps.cookies.session.renew(c, result.token)
        return c.redirect(returnPath(returnTo, deps.baseUrl), 303)
      }),
  )
}
