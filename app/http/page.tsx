import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AssetsContext } from '#views/document.tsx'
import { AddressContext } from '#views/ui/address.tsx'
import { readableEmail } from '../lib/email-address.ts'
import type { Assets } from './assets.ts'
import type { AnyContext } from './env.ts'
import { permissionsPolicy } from './headers.ts'
import { makePagesInOneGo } from './one-go.ts'

makePagesInOneGo()

/** Renders a page for another host, which gets its style as text. */
export type RenderElsewhere = (
  c: AnyContext,
  content: (style: string) => JSX.Element,
  status: ContentfulStatusCode,
) => Response

export type RenderPage = (
  c: AnyContext,
  content: JSX.Element,
  status?: ContentfulStatusCode,
) => Response | Promise<Response>

/** Renders a page of views/, with the names of today's stylesheet and script. `c.html` alone adds no doctype. */
export const pageRenderer =
  ({ assets, issuer }: { assets: Assets; issuer: string }): RenderPage =>
  (c, content, status = 200) => {
    const names = { ...assets.names, issuer }
    const html = `<!doctype html>${(
      <AssetsContext.Provider value={names}>
        <AddressContext.Provider value={readableEmail}>{content}</AddressContext.Provider>
      </AssetsContext.Provider>
    )}`
    if (html.includes(assets.names.passkeyScript)) c.header(...permissionsPolicy(askedIn(html)))
    return c.html(html, status)
  }

/** By the forms in it: their script finds them in the same way. Nobody's text has a quotation mark in HTML. */
const askedIn = (html: string) => ({
  get: html.includes(' data-passkey-get="'),
  create: html.includes(' data-passkey-create="'),
})

/** Nothing else is loaded, and no form is sent: the host is an app's, and what is said there is ours. */
export const elsewhereRenderer =
  ({ assets: { names, elsewhere }, issuer }: { assets: Assets; issuer: string }): RenderElsewhere =>
  (c, content, status) =>
    c.body(
      `<!doctype html>${<AssetsContext.Provider value={{ ...names, issuer }}>{content(elsewhere.style)}</AssetsContext.Provider>}`,
      status,
      {
        'Content-Type': 'text/html; charset=UTF-8',
        'Content-Security-Policy': `default-src 'none'; style-src '${elsewhere.source}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
        'X-Content-Type-Options': 'nosniff',
        'X-Frame-Options': 'DENY',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-store',
      },
    )
