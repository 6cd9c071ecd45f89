import { createMiddleware } from 'hono/factory'
import type { Cookies } from '../http/cookies.ts'
import type { AnyContext, AppEnv } from '../http/env.ts'
import { type LinkPurpose, looksLikeLinkToken } from './links.ts'

/** The link somebody followed, between its URL and the form that uses it up. One cookie, for one purpose at a time. */
export const mailLinkCookie = (
  { cookies }: { cookies: Cookies },
  purpose: LinkPurpose | 'invitation',
  parameter = 'token',
) => ({
  /**
   * Takes the token out of the URL at once, because histories, logs and the next page's Referer would keep it. Reads nothing and
   * uses nothing up, because programs that scan mail open every link. A malformed token goes too, and the page finds no link.
   */
  exchange: createMiddleware<AppEnv>(async (c, next) => {
    const tokens = c.req.queries(parameter)
    if (c.req.method === 'POST' || tokens === undefined) return next()
    const [token = ''] = tokens
    if (tokens.length === 1 && looksLikeLinkToken(token)) cookies.mailLink.write(c, `${purpose}.${token}`)
    else cookies.mailLink.remove(c)
    return c.redirect(c.req.path, 303)
  }),

  /** The token, if the cookie is for this purpose and has the right shape. The store says whether the link works. */
  read(c: AnyContext): string | undefined {
    const [of, token = '', ...more] = cookies.mailLink.read(c)?.split('.') ?? []
    return of === purpose && more.length === 0 && looksLikeLinkToken(token) ? token : undefined
  },

  remove: (c: AnyContext) => cookies.mailLink.remove(c),
})
