import { RegeneratePage } from '#views/access-tokens/change-pages.tsx'
import { ConfirmGeneratePage, GeneratePage } from '#views/access-tokens/generate-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { refusedStatus } from '../http/messages.ts'
import type { SignedInContext, SignedInPages } from '../pages/guards.ts'
import type { AccessToken, TokensVisitor } from './access-tokens.ts'
import { generateToken, regenerateToken, type TokenChoices } from './change-tokens.ts'
import { goAndShow, type ShownTokenRoutesDeps } from './shown-token.routes.tsx'
import {
  appsFor,
  ChoicesForm,
  ConfirmedChoicesForm,
  ConfirmedExpiryForm,
  offered,
  readTokenForm,
  refusedTokenForm,
  tokenInPath,
  usualExpiry,
} from './token-form.http.ts'

type TokensContext = SignedInContext<TokensVisitor>
type TokensPages = SignedInPages<TokensVisitor>

const HERE = '/settings/tokens/generate'

/** What the token is to be, the password, and on to the page with its value. */
export function generateRoutes(pages: TokensPages, deps: ShownTokenRoutesDeps) {
  const stepOne = (c: TokensContext, form: FormState, status: 200 | 422 = 200) =>
    deps.page(
      c,
      <GeneratePage visitor={c.var.visitor} form={form} offered={offered(deps, appsFor(deps, c.var.visitor))} />,
      status,
    )

  const stepTwo = (
    c: TokensContext,
    fields: Record<string, string>,
    choices: TokenChoices,
    form: FormState,
    status: 200 | 422 | 429 = 200,
  ) =>
    deps.page(
      c,
      <ConfirmGeneratePage visitor={c.var.visitor} form={form} fields={fields} choices={choices} now={deps.now()} />,
      status,
    )

  pages
    .get('/', (c) => stepOne(c, { values: usualExpiry(deps) }))
    .post('/', async (c) => {
      const form = await readTokenForm(c, deps, ChoicesForm, { apps: appsFor(deps, c.var.visitor) })
      return form.ok ? stepTwo(c, form.values, form.choices, {}) : stepOne(c, form.form, 422)
    })
    .post('/back', async (c) => {
      const { values } = await readTokenForm(c, deps, ChoicesForm, { apps: appsFor(deps, c.var.visitor) })
      return stepOne(c, { values })
    })
    .get('/confirm', (c) => c.redirect(HERE, 303))
    .get('/back', (c) => c.redirect(HERE, 303))
    .post('/confirm', async (c) => {
      const form = await readTokenForm(c, deps, ConfirmedChoicesForm, { apps: appsFor(deps, c.var.visitor) })
      if (!form.ok)
        return form.choices
          ? stepTwo(c, form.values, form.choices, { errors: form.form.errors }, 422)
          : stepOne(c, form.form, 422)
      const { choices, password } = form
      const result = await generateToken(deps, c.var.visitor, { ...choices, password }, c.var.origin)
      if (result.ok) return goAndShow(c, deps, result.value)
      return stepTwo(c, form.values, choices, refusedTokenForm(result), refusedStatus(c, result))
    })
}

/** A new value for a token, with or without a day for the old one. */
export function regenerateRoutes(pages: TokensPages, deps: ShownTokenRoutesDeps) {
  const show = (c: TokensContext, token: AccessToken, form: FormState, status: 200 | 422 | 429 = 200) =>
    deps.page(c, <RegeneratePage visitor={c.var.visitor} token={token} form={form} offered={offered(deps)} />, status)

  pages
    .get('/', (c) => show(c, tokenInPath(c), { values: usualExpiry(deps) }))
    .post('/', async (c) => {
      const token = tokenInPath(c)
      const form = await readTokenForm(c, deps, ConfirmedExpiryForm)
      if (!form.ok) return show(c, token, form.form, 422)
      const { choices, password, overlap } = form
      const wanted = { id: token.id, expiresAt: choices.expiresAt, overlap, password }
      const result = await regenerateToken(deps, c.var.visitor, wanted, c.var.origin)
      if (result.ok) return goAndShow(c, deps, result.value)
      if (result.reason !== 'no_such_token')
        return show(c, token, refusedTokenForm(result, form.values), refusedStatus(c, result))
      deps.cookies.flash.leave(c, 'token_gone')
      return c.redirect('/settings/tokens', 303)
    })
}
