import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AssetsContext } from '#views/document.tsx'
import { AddressContext } from '#views/ui/address.tsx'
import { readableEmail } from '../lib/email-address.ts'
import type { Assets } from './assets.ts'
import type { AnyContext } from './env.ts'

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
    return c.html(
      `<!doctype html>${(
        <AssetsContext.Provider value={names}>
          <AddressContext.Provider value={readableEmail}>{content}</AddressContext.Provider>
        </AssetsContext.Provider>
      )}`,
      status,
    )
  }
