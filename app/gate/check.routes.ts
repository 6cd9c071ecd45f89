import { Hono } from 'hono'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { headerOf } from '../http/header.ts'
import { requesters } from '../http/requester.ts'
import type { Network } from '../lib/network.ts'
import { letIn, malformed, notSignedIn, refused, sendTo, tooLongAtNginx, unanswered } from './answers.http.ts'
import { askedBy, CHECKS, type Told, toldBy } from './asked.http.ts'
import { type CheckDeps, check, type Verdict } from './check.ts'
import { credentialsOf } from './credentials.http.ts'
import { destinationOf, type HandOverDeps, nonceFor, takeCode, urlOf, wayIn, wayOut } from './hand-over.ts'
import { type RefusedPageDeps, refusedPage } from './refused.http.tsx'
import type { Requirement } from './requirement.ts'

export type CheckRoutesDeps = CheckDeps &
  HandOverDeps &
  RefusedPageDeps & {
    cookies: Cookies
    trustedProxies: readonly Network[]
    metrics: { checked(verdict: Verdict['verdict'] | 'entered' | 'malformed'): void }
    report: (error: unknown) => void
  }

/** `/gate/nginx` and its like: what a proxy asks about each request to an app. For anybody else, they aren't there. */
export function checkRoutes(deps: CheckRoutesDeps) {
  const { isProxy, originOf } = requesters(deps.trustedProxies)
  return new Hono<AppEnv>().use(async (c, next) => {
    const proxy = askedBy(c)
    if (proxy === undefined || !isProxy(c)) return next()
    c.set('route', CHECKS[proxy])
    try {
      const told = toldBy(proxy, c, originOf(c))
      if (told) return await answer(deps, c, told)
      deps.metrics.checked('malformed')
      return malformed(c, proxy)
    } catch (error) {
      deps.report(error)
      return unanswered(c, error)
    }
  })
}

async function answer(deps: CheckRoutesDeps, c: AppContext, told: Told): Promise<Response> {
  const { proxy, asked, codes } = told
  const { accessToken, passedOn } = credentialsOf(c)
  if (codes.length > 0 && (await enters(deps, c, told))) {
    deps.metrics.checked('entered')
    return sendTo(c, proxy, urlOf(asked))
  }
  const found = await check(deps, asked, { gateToken: deps.cookies.gate.read(c), accessToken })
  deps.metrics.checked(found.verdict)
  switch (found.verdict) {
    case 'let_in':
      return codes.length > 0 && asked.isNavigation ? sendTo(c, proxy, urlOf(asked)) : letIn(found.identity, passedOn)
    case 'sign_in':
      return lead(deps, c, told)
    case 'step_up':
      return lead(deps, c, told, found.requirement)
    case 'sign_out': {
      const url = wayOut(deps.baseUrl, asked.host)
      return asked.isNavigation ? sendTo(c, proxy, url) : notSignedIn(c, url)
    }
    case 'refused':
      return asked.isNavigation ? refusedPage(deps, c, asked, found) : refused(c)
  }
}

/** Whether a session came from the portal with the code. Whoever shows one spends it. */
async function enters({ cookies, ...deps }: CheckRoutesDeps, c: AppContext, { asked, codes }: Told): Promise<boolean> {
  const isAlone = codes.length === 1 && asked.isNavigation && HINTS.every((name) => headerOf(c, name) === undefined)
  const nonce = isAlone ? cookies.gateNonce.read(c) : undefined
  for (const code of codes.slice(0, MOST_CODES)) {
    const token = await takeCode(deps, { code, host: asked.host, nonce })
    if (token === undefined) continue
    cookies.gate.write(c, token)
    return true
  }
  return false
}

const MOST_CODES = 2 // each is looked up; the portal never writes more than one

/** Of a page that links here, or of a browser that loads what nobody asked for yet. The portal's way has neither. */
const HINTS = ['referer', 'sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const

/** To the portal, which signs in or asks for what is missing. A program is only told where that would be. */
function lead(deps: CheckRoutesDeps, c: AppContext, told: Told, asks?: Requirement): Response | Promise<Response> {
  const { cookies, baseUrl } = deps
  const { proxy, asked, codes } = told
  const held = cookies.gateNonce.read(c)
  // It came back from there and holds nothing: it would come back for ever.
  if (asked.isNavigation && codes.length > 0 && held === undefined)
    return refusedPage(deps, c, asked, { reason: 'no_cookies' })
  const to = destinationOf(asked)
  if (!to && !asked.isNavigation) return notSignedIn(c, undefined, asks)
  if (!to) return proxy === 'nginx' ? tooLongAtNginx(c) : refusedPage(deps, c, asked, { reason: 'too_long' }, 414)
  const { nonce, nonceHash } = nonceFor(held)
  cookies.gateNonce.write(c, nonce)
  const url = wayIn(baseUrl, to, nonceHash, asks)
  return asked.isNavigation ? sendTo(c, proxy, url) : notSignedIn(c, url, asks)
}
