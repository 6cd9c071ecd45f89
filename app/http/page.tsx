import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AssetsContext } from '#views/document.tsx'
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
    return c.html(`<!doctype html>${<AssetsContext.Provider value={names}>{content}</AssetsContext.Provider>}`, status)
  }
