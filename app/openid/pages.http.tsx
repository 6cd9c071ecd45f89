import type { JSX } from 'hono/jsx/jsx-runtime'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { DeviceCodePage, DeviceConfirmPage, DeviceDonePage } from '#views/openid/device-pages.tsx'
import { OpenidErrorPage } from '#views/openid/error-page.tsx'
import { SignedOutPage, SignOutPage } from '#views/openid/sign-out-pages.tsx'
import type { AppContext } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import type { ProvidersPages } from './provider.ts'

/** The library's pages, as ours look. */
export function providersPages({ page }: { page: RenderPage }, c: AppContext): ProvidersPages {
  async function show(ctx: KoaContextWithOIDC, content: JSX.Element) {
    const shown = await page(c, content)
    ctx.type = 'html'
    ctx.body = await shown.text()
  }
  const hiddenIn = (form: string) =>
    [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => ({ name, value }))
  const titleOf = (ctx: KoaContextWithOIDC) => String(ctx.oidc.client?.title ?? ctx.oidc.client?.clientId ?? '')

  return {
    error: (ctx, out) => show(ctx, <OpenidErrorPage {...out} />),
    signOut: (ctx, form) => show(ctx, <SignOutPage hidden={hiddenIn(form)} app={titleOf(ctx)} />),
    signedOut: (ctx) => show(ctx, <SignedOutPage />),
    deviceCode: (ctx, form, error) => show(ctx, <DeviceCodePage hidden={hiddenIn(form)} refused={error?.name} />),
    deviceConfirm: (ctx, form, userCode) =>
      show(ctx, <DeviceConfirmPage hidden={hiddenIn(form)} app={titleOf(ctx)} userCode={userCode} />),
    deviceDone: (ctx) => show(ctx, <DeviceDonePage app={titleOf(ctx)} />),
  }
}
