import type { JSX } from 'hono/jsx/jsx-runtime'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { OnToPage } from '#views/gate/enter-pages.tsx'
import { DeviceCodePage, DeviceConfirmPage, DeviceDonePage } from '#views/openid/device-pages.tsx'
import { OpenidErrorPage } from '#views/openid/error-page.tsx'
import { PostToPage } from '#views/openid/post-to-page.tsx'
import { SignedOutPage, SignOutPage } from '#views/openid/sign-out-pages.tsx'
import type { AppContext } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import { type ProvidersPages, unescaped } from './lead-on.ts'

/** The library's pages, as ours look. */
export function providersPages({ page }: { page: RenderPage }, c: AppContext): ProvidersPages {
  async function show(ctx: KoaContextWithOIDC, content: JSX.Element, end = '') {
    const shown = await page(c, content)
    const { status } = ctx
    ctx.type = 'html'
    ctx.body = (await shown.text()).replace('</body>', () => `${end}</body>`)
    ctx.status = status === 404 ? 200 : status // what koa has before anything is said
  }
  const hiddenIn = (form: string) =>
    [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => ({
      name,
      value: unescaped(value),
    }))
  const titleOf = (ctx: KoaContextWithOIDC) => String(ctx.oidc.client?.title ?? ctx.oidc.client?.clientId ?? '')

  return {
    error: (ctx, out) => show(ctx, <OpenidErrorPage {...out} />),
    signOut: (ctx, form) => show(ctx, <SignOutPage hidden={hiddenIn(form)} app={titleOf(ctx)} />),
    signedOut: (ctx) => show(ctx, <SignedOutPage app={titleOf(ctx)} />),
    deviceCode: (ctx, form, { error, code = '' }) =>
      show(
        ctx,
        <DeviceCodePage
          hidden={hiddenIn(form)}
          code={code}
          refused={error && { by: error.name, code: codeIn(error) }}
        />,
      ),
    deviceConfirm: (ctx, form, { userCode, from }) =>
      show(ctx, <DeviceConfirmPage hidden={hiddenIn(form)} app={titleOf(ctx)} userCode={userCode} from={from} />),
    deviceDone: (ctx) => show(ctx, <DeviceDonePage app={titleOf(ctx)} />),
    async onTo(ctx, url) {
      ctx.set('Refresh', `0; url=${url}`)
      await show(ctx, <OnToPage app={{ title: titleOf(ctx) || hostOf(url) }} host={hostOf(url)} url={url} />)
    },
    async postTo(ctx, { form, action, script }) {
      const { origin } = new URL(action)
      const policy = ctx.response.get('Content-Security-Policy')
      ctx.set('Content-Security-Policy', String(policy).replace("form-action 'self'", `form-action 'self' ${origin}`))
      await show(ctx, <PostToPage hidden={hiddenIn(form)} app={titleOf(ctx)} action={action} />, script)
    },
  }
}

const codeIn = (error: Error) => ('userCode' in error && typeof error.userCode === 'string' ? error.userCode : '')
/** An app with a scheme of its own has none. */
const hostOf = (url: string) => new URL(url).host || new URL(url).protocol.slice(0, -1)
