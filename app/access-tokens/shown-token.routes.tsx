import { z } from 'zod'
import { ShownOncePage, ShownTokenPage } from '#views/access-tokens/shown-token-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import type { GuardDeps, SignedInContext, SignedInPages } from '../pages/guards.ts'
import type { TokensVisitor } from './access-tokens.ts'
import { openValue, ownToken, type ShownToken, type ShownTokenDeps, sealValue } from './shown-token.ts'
import { sendTokenFile } from './token-file.http.ts'

export type ShownTokenRoutesDeps = ShownTokenDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string }

type TokensContext = SignedInContext<TokensVisitor>

const HERE = '/settings/tokens/value'
const ValueForm = z.object({ value: z.string().default('') })

/** On to the page that shows a new value once: it travels sealed in a cookie, which that page takes away. */
export function goAndShow(c: TokensContext, deps: ShownTokenRoutesDeps, value: string) {
  deps.cookies.token.write(c, sealValue(deps, c.var.visitor, value))
  return c.redirect(HERE, 303)
}

/**
 * The new value, once, with Download and Done. Those two bring the value
 * back with them, and it is believed only as far as it is a live token of the account.
 */
export function shownTokenRoutes(pages: SignedInPages<TokensVisitor>, deps: ShownTokenRoutesDeps) {
  const show = (c: TokensContext, token: ShownToken, form: FormState<'saved'>, status: 200 | 422 = 200) =>
    deps.page(c, <ShownTokenPage visitor={c.var.visitor} token={token} form={form} now={deps.now()} />, status)

  const gone = (c: TokensContext) => {
    deps.cookies.flash.leave(c, 'token_gone')
    return c.redirect('/settings/tokens', 303)
  }

  pages
    .get('/', (c) => {
      const sealed = deps.cookies.token.take(c)
      const token = sealed && openValue(deps, c.var.visitor, sealed)
      return token ? show(c, token, {}) : deps.page(c, <ShownOncePage visitor={c.var.visitor} />)
    })
    .post('/', async (c) => {
      const { values } = await readForm(c, ValueForm, /^saved$/)
      const token = ownToken(deps, c.var.visitor, values.value ?? '')
      if (!token) return gone(c)
      if (values.saved !== 'yes') return show(c, token, refusedForm('saved', words.accessTokens.errors.notSaved), 422)
      deps.cookies.flash.leave(c, 'token_saved')
      return c.redirect('/settings/tokens', 303)
    })
    .get('/download', (c) => c.redirect(HERE, 303))
    .post('/download', async (c) => {
      const { values } = await readForm(c, ValueForm)
      const token = ownToken(deps, c.var.visitor, values.value ?? '')
      return token ? sendTokenFile(c, deps, c.var.visitor.account.email, token) : gone(c)
    })
}
