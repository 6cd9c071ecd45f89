import { compress } from 'hono/compress'
import { z } from 'zod'
import { AccessTokensPage } from '#views/access-tokens/access-tokens-page.tsx'
import { EditPage, RemovePage } from '#views/access-tokens/change-pages.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { passwordField } from '../http/fields.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import { takeFlash } from '../pages/flash.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { type AccessToken, type TokensVisitor, tokensSeenBy, tokensView } from './access-tokens.ts'
import { editToken, releaseTokens, removeTokens } from './change-tokens.ts'
import { generateRoutes, regenerateRoutes } from './generate.routes.tsx'
import { type ShownTokenRoutesDeps, shownTokenRoutes } from './shown-token.routes.tsx'
import {
  appsFor,
  ConfirmedChoicesForm,
  offered,
  readTokenForm,
  refusedTokenForm,
  tokenInPath,
  valuesOf,
} from './token-form.http.ts'

type TokensContext = SignedInContext<TokensVisitor>

const HERE = '/settings/tokens'
const TICKED = /^token-[\w-]{1,64}$/
const ReleaseForm = z.object({ password: passwordField() })
const RemoveForm = z.object({ ids: z.string().max(4096).default(''), password: passwordField() })

/** The list, Edit, Remove; Generate and Regenerate, and the page that shows a new value once, stand in files of their own. */
export function accessTokenRoutes(deps: ShownTokenRoutesDeps) {
  const list = (c: TokensContext, form: FormState<'tokens' | 'password'>, status: 200 | 422 | 429 = 200) => {
    const { visitor } = c.var
    const flash = takeFlash(c, deps.cookies, visitor)
    const frozenSince = visitor.account.tokensFrozenAt
    const shown = { flash, tokens: tokensSeenBy(visitor), form, frozenSince, now: deps.now() }
    return deps.page(c, <AccessTokensPage visitor={visitor} {...shown} />, status)
  }

  const back = (c: TokensContext, flash: FlashWord) => {
    deps.cookies.flash.leave(c, flash)
    return c.redirect(HERE, 303)
  }

  const own = (c: TokensContext, ids: string): AccessToken[] => {
    const wanted = ids.split(',')
    return tokensSeenBy(c.var.visitor).filter(({ id }) => wanted.includes(id))
  }

  const editPage = (c: TokensContext, token: AccessToken, form: FormState, status: 200 | 422 | 429 = 200) =>
    deps.page(
      c,
      <EditPage
        visitor={c.var.visitor}
        token={token}
        form={form}
        offered={offered(deps, appsFor(deps, c.var.visitor, token))}
      />,
      status,
    )

  return signedInPages(deps, { deed: 'anything', view: tokensView }, (pages) => {
    generateRoutes(pages.basePath('/generate'), deps)
    shownTokenRoutes(pages.basePath('/value'), deps)
    regenerateRoutes(pages.basePath('/:id/regenerate'), deps)
    pages
      .get('/', compress(), (c) => list(c, {})) // fifty tokens are a long page, and no secret is on it
      .post('/', async (c) => {
        const { values } = await readForm(c, z.object({}), TICKED)
        const ids = Object.keys(values).map((name) => name.slice('token-'.length))
        if (ids.length === 0) return list(c, refusedForm('tokens', words.accessTokens.errors.noneTicked), 422)
        return c.redirect(`${HERE}/remove?ids=${ids.join(',')}`, 303)
      })
      .get('/remove', (c) => {
        const tokens = own(c, c.req.query('ids') ?? '')
        if (tokens.length === 0) return back(c, 'token_gone')
        return deps.page(c, <RemovePage visitor={c.var.visitor} tokens={tokens} form={{}} />)
      })
      .post('/remove', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, RemoveForm)
        const tokens = own(c, form.values.ids ?? '')
        if (tokens.length === 0) return back(c, 'token_gone')
        const show = (state: FormState<'password'>) => <RemovePage visitor={visitor} tokens={tokens} form={state} />
        if (!form.ok) return deps.page(c, show({ errors: form.errors }), 422)
        const ids = tokens.map(({ id }) => id)
        const result = await removeTokens(deps, visitor, { ids, password: form.data.password }, c.var.origin)
        if (!result.ok) return deps.page(c, show(refusedTokenForm(result)), refusedStatus(c, result))
        return back(c, result.removed.length > 0 ? 'tokens_removed' : 'token_gone')
      })
      .get('/release', (c) => c.redirect(HERE, 303))
      .post('/release', async (c) => {
        const form = await readForm(c, ReleaseForm)
        if (!form.ok) return list(c, { errors: form.errors }, 422)
        const result = await releaseTokens(deps, c.var.visitor, form.data.password, c.var.origin)
        if (result.ok) return back(c, 'tokens_released')
        const refused =
          result.reason === 'changed' ? refusedForm('', words.messages.changedMeanwhile) : refusedTokenForm(result)
        return list(c, refused, refusedStatus(c, result))
      })
      .get('/:id/edit', (c) => {
        const token = tokenInPath(c)
        return editPage(c, token, { values: valuesOf(token) })
      })
      .post('/:id/edit', async (c) => {
        const token = tokenInPath(c)
        const form = await readTokenForm(c, deps, ConfirmedChoicesForm, {
          current: token.expiresAt,
          apps: appsFor(deps, c.var.visitor, token),
        })
        if (!form.ok) return editPage(c, token, form.form, 422)
        const edited = { id: token.id, ...form.choices, password: form.password }
        const result = await editToken(deps, c.var.visitor, edited, c.var.origin)
        if (result.ok) return back(c, 'token_edited')
        if (result.reason === 'no_such_token') return back(c, 'token_gone')
        return editPage(c, token, refusedTokenForm(result, form.values), refusedStatus(c, result))
      })
  })
}
