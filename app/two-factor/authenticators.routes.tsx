import { compress } from 'hono/compress'
import { z } from 'zod'
import { AuthenticatorsPage } from '#views/two-factor/authenticators-page.tsx'
import {
  RemoveAuthenticatorPage,
  RemoveLastPage,
  RenameAuthenticatorPage,
} from '#views/two-factor/change-authenticator-pages.tsx'
import type { FormState } from '#views/ui/types.ts'
import { passwordField } from '../http/fields.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { passwordRefused } from '../http/password-refused.ts'
import { AUTHENTICATORS_AT_MOST } from '../lib/at-most.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import {
  type Authenticator,
  type AuthenticatorsDeps,
  type AuthenticatorsVisitor,
  authenticatorsSeenBy,
  authenticatorsView,
  removeAuthenticator,
  renameAuthenticator,
} from './authenticators.ts'
import type { FactorKind, KindsDeps } from './factor.http.ts'
import { nameRefused } from './messages.http.ts'

type AuthenticatorsContext = SignedInContext<AuthenticatorsVisitor>

const HERE = '/settings/two-factor/authenticators'
const NameForm = z.object({ name: z.string().default('') })
const PasswordForm = z.object({ password: passwordField() })

/** The list, Rename, Remove. Add Authenticator and Move to a New Phone are flows of their own. */
export function authenticatorsRoutes(
  deps: AuthenticatorsDeps & GuardDeps & Pick<KindsDeps, 'factorKinds'> & { page: RenderPage },
) {
  const back = (c: AuthenticatorsContext, flash: FlashWord) => {
    deps.cookies.flash.leave(c, flash)
    return c.redirect(HERE, 303)
  }

  /** The account's authenticators, and the one of the path's `:id`; another account's is as unknown as one that never was. */
  const inPath = (c: AuthenticatorsContext) => {
    const all = authenticatorsSeenBy(deps, c.var.visitor)
    return { all, authenticator: all.find(({ id }) => id === c.req.param('id')) }
  }

  const renamePage = (
    c: AuthenticatorsContext,
    authenticator: Authenticator,
    form: FormState<'name'>,
    status: 200 | 422 = 200,
  ) =>
    deps.page(c, <RenameAuthenticatorPage visitor={c.var.visitor} authenticator={authenticator} form={form} />, status)

  const removePage = (
    c: AuthenticatorsContext,
    authenticator: Authenticator,
    form: FormState<'password'>,
    status: 200 | 422 | 429 = 200,
  ) =>
    deps.page(c, <RemoveAuthenticatorPage visitor={c.var.visitor} authenticator={authenticator} form={form} />, status)

  const lastPage = (c: AuthenticatorsContext, authenticator: Authenticator, status: 200 | 422 = 200) =>
    deps.page(c, <RemoveLastPage visitor={c.var.visitor} authenticator={authenticator} />, status)

  return signedInPages(deps, { deed: 'change_second_factor', view: authenticatorsView }, (pages) =>
    pages
      .get('/', compress(), (c) => {
        const { visitor } = c.var // ten authenticators are a long page, and no secret is on it
        const flash = takeFlash(c, deps.cookies, visitor)
        const parts = deps.factorKinds.map((kind) => toldDevices(kind, visitor))
        return deps.page(
          c,
          <AuthenticatorsPage
            visitor={visitor}
            flash={flash}
            authenticators={authenticatorsSeenBy(deps, visitor)}
            atMost={AUTHENTICATORS_AT_MOST}
            parts={parts}
          />,
        )
      })
      .get('/:id/rename', (c) => {
        const { authenticator } = inPath(c)
        return authenticator ? renamePage(c, authenticator, {}) : back(c, 'authenticator_gone')
      })
      .post('/:id/rename', async (c) => {
        const form = await readForm(c, NameForm)
        const { authenticator } = inPath(c)
        if (!authenticator) return back(c, 'authenticator_gone')
        const name = form.values.name ?? ''
        const result = await renameAuthenticator(deps, c.var.visitor, { id: authenticator.id, name }, c.var.origin)
        if (result.ok) return back(c, 'authenticator_renamed')
        if (result.reason === 'changed') return back(c, 'changed_meanwhile')
        return renamePage(c, authenticator, refusedForm('name', nameRefused(result.refusal), { name }), 422)
      })
      .get('/:id/remove', (c) => {
        const { all, authenticator } = inPath(c)
        if (!authenticator) return back(c, 'authenticator_gone')
        return all.length === 1 ? lastPage(c, authenticator) : removePage(c, authenticator, {})
      })
      .post('/:id/remove', async (c) => {
        const form = await readForm(c, PasswordForm)
        const { authenticator } = inPath(c)
        if (!authenticator) return back(c, 'authenticator_gone')
        if (!form.ok) return removePage(c, authenticator, { errors: form.errors }, 422)
        const removed = { id: authenticator.id, password: form.data.password }
        const result = await removeAuthenticator(deps, c.var.visitor, removed, c.var.origin)
        if (result.ok) {
          deps.cookies.session.renew(c, result.token)
          return back(c, 'authenticator_removed')
        }
        switch (result.reason) {
          case 'no_such_authenticator':
            return back(c, 'authenticator_gone')
          case 'changed':
            return back(c, 'changed_meanwhile')
          case 'last_authenticator':
            return lastPage(c, authenticator, 422)
          case 'wait':
          case 'wrong_password':
            return removePage(c, authenticator, passwordRefused(result), refusedStatus(c, result))
        }
      }),
  )
}

/** Nothing where no device was ever told who the account is. */
const toldDevices = ({ kind, listPart }: FactorKind, { userHandle, factors, account }: AuthenticatorsVisitor) => {
  if (!listPart || userHandle === null) return null
  const own = factors.filter((factor) => factor.kind === kind)
  const { email, displayName } = account
  return listPart({
    userHandle,
    email,
    displayName,
    credentialIds: own.flatMap(({ credentialId }) => credentialId ?? []),
  })
}
