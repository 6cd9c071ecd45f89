import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './env.ts'
import { headerOf } from './header.ts'
import { Refusal } from './refusals.ts'

const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'] // RFC 9110 section 9.2.1

/** Hears about a refused request: what it said about its source, and what it should have said. */
type Told = (asked: string, expected: string) => void

/**
 * Every other request must come from our own pages: everything the browser says about its source (Origin, Sec-Fetch-Site,
 * Referer) must name `baseUrl`, and it must say at least one. The Host header proves nothing.
 */
export const sameOrigin = (baseUrl: string, told: Told) => fromOurPages(baseUrl, told, true)

/** For the APIs, which read no cookie: a program says nothing about a source, but another site's page gives itself away. */
export const notOtherSites = (baseUrl: string, told: Told) => fromOurPages(baseUrl, told, false)

const fromOurPages = (baseUrl: string, told: Told, mustTell: boolean) =>
  createMiddleware<AppEnv>((c, next) => {
    if (!SAFE.includes(c.req.method)) {
      const origin = headerOf(c, 'origin')
      const site = headerOf(c, 'sec-fetch-site')
      const referer = headerOf(c, 'referer')
      const agrees = [
        origin === undefined || origin === baseUrl,
        site === undefined || site === 'same-origin',
        referer === undefined || originOf(referer) === baseUrl,
      ]
      const isTold = origin !== undefined || site !== undefined || referer !== undefined
      if ((mustTell && !isTold) || agrees.includes(false)) {
        told(inWords({ Origin: origin, 'Sec-Fetch-Site': site, Referer: referer && originOf(referer) }), baseUrl)
        throw new Refusal(403, 'other_site')
      }
    }
    return next()
  })

/** `Origin: null, Sec-Fetch-Site: same-origin`. Only the referer's site, because its path may hold a secret. */
const inWords = (source: Record<string, string | undefined>) =>
  Object.entries(source)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ') || 'nothing'

const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : undefined)
