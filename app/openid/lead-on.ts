import type { KoaContextWithOIDC, Provider as Library } from 'oidc-provider'
import type { Origin } from '../lib/origin.ts'

/** Pages that the library asks us for; each fills the answer in. */
export type ProvidersPages = {
  error(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string | undefined }): Promise<void>
  /** Asks whether to sign out. `form` is the library's, which the page has to contain. */
  signOut(ctx: KoaContextWithOIDC, form: string): Promise<void>
  signedOut(ctx: KoaContextWithOIDC): Promise<void>
  /** `code`: as a link has it. */
  deviceCode(ctx: KoaContextWithOIDC, form: string, of: { error?: Error | undefined; code?: string }): Promise<void>
  /** `from`: where the device asked from. */
  deviceConfirm(ctx: KoaContextWithOIDC, form: string, of: { userCode: string; from: Origin }): Promise<void>
  deviceDone(ctx: KoaContextWithOIDC): Promise<void>
  /** Leads out of the site. */
  onTo(ctx: KoaContextWithOIDC, url: string): Promise<void>
  /** The same by a form, which a script of the library's sends. */
  postTo(ctx: KoaContextWithOIDC, of: { form: string; action: string; script: string }): Promise<void>
}

type Deps = {
  pagesOf(ctx: KoaContextWithOIDC): ProvidersPages
  /** At the portal, however little they may do there now. */
  isSignedIn(ctx: KoaContextWithOIDC): Promise<boolean>
}

/** The library sends people on by a form that a script posts, which is its only page that can't be replaced by an option. */
const FORM = /<script>[\s\S]*?<\/script>|<form method="post" action="([^"]*)">([\s\S]*?)<noscript>/g

/**
 * What the library answers by itself where a person is, as pages of ours: where a script would post a form there is a button as well, and
 * what follows a form of ours is a page that leads on, because browsers don't let a form lead out of the site (`form-action 'self'`).
 */
export function leadOn(library: Library, { pagesOf, isSignedIn }: Deps): void {
  library.use(async (context, next) => {
    const ctx = context as KoaContextWithOIDC
    await next()
    const [script, form] = typeof ctx.body === 'string' ? [...ctx.body.matchAll(FORM)] : []
    if (script && form) await instead(ctx, { script: script[0], action: unescaped(form[1] ?? ''), form: form[2] ?? '' })
    else if (ctx.oidc?.route === 'end_session_confirm' && ctx.status === 303) await afterSignOut(ctx)
  })

  async function instead(ctx: KoaContextWithOIDC, of: { script: string; action: string; form: string }) {
    switch (ctx.oidc.route) {
      case 'code_verification':
        return pagesOf(ctx).deviceCode(ctx, of.form, { code: String(ctx.oidc.params?.user_code ?? '') })
      case 'end_session':
        return (await isSignedIn(ctx)) ? pagesOf(ctx).signOut(ctx, of.form) : nothingToEnd(ctx)
      default:
        return of.action === library.urlFor('end_session_confirm') ? isOfAnother(ctx) : pagesOf(ctx).postTo(ctx, of)
    }
  }

  /** Somebody else began this sign-in. The library would sign out, unasked, whoever is here now. */
  function isOfAnother(ctx: KoaContextWithOIDC) {
    ctx.status = 400
    return pagesOf(ctx).error(ctx, { error: 'invalid_request', error_description: 'another person is signed in now' })
  }

  /** Nobody is signed in, so nobody is asked. The library has compared the address with those of the client. */
  function nothingToEnd(ctx: KoaContextWithOIDC) {
    const { post_logout_redirect_uri: back, state } = ctx.oidc.params as Record<string, string | undefined>
    const url = new URL(back ?? library.urlFor('end_session_success'))
    if (back && state !== undefined) url.searchParams.set('state', state)
    ctx.body = null
    ctx.status = 303
    ctx.redirect(url.href)
  }

  async function afterSignOut(ctx: KoaContextWithOIDC) {
    const url = String(ctx.response.get('Location'))
    if (new URL(url).origin === new URL(library.issuer).origin) return
    ctx.remove('Location')
    ctx.status = 200
    await pagesOf(ctx).onTo(ctx, url)
  }
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }
/** As the library has escaped it. */
export const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (all, name) => ENTITIES[name] ?? all)
