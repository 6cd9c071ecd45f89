import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { headersOf } from '../http/headers.ts'
import type { RenderPage } from '../http/page.tsx'
import { readText } from '../http/text.ts'
import { type SessionDeps, visitorFound } from '../identity/session.ts'
import { type SignOutDeps, signOut } from '../identity/sign-out.ts'
import { providersPages } from './pages.http.tsx'
import { comesFrom, comesWith, failureIn, type OpenidStore, ROUTES, type RunningProvider } from './provider.ts'
import type { AtClient } from './visitor-at.ts'

export type OpenidRoutesDeps = SessionDeps &
  SignOutDeps & {
    openid: OpenidStore
    cookies: Cookies
    page: RenderPage
    baseUrl: string
    provider(): Promise<RunningProvider | undefined>
    report(error: unknown): void
  }

const DISCOVERY = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'] as const

/** What a person's browser comes to. Their session at the portal counts there. */
const PAGES = [
  ['GET', ROUTES.authorization],
  ['GET', `${ROUTES.authorization}/:uid`],
  ['GET', ROUTES.end_session],
  ['POST', `${ROUTES.end_session}/confirm`],
  ['GET', `${ROUTES.end_session}/success`],
  ['GET', ROUTES.code_verification],
  ['POST', ROUTES.code_verification],
  ['GET', `${ROUTES.code_verification}/:uid`],
] as const

/** OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2: these may come by POST. From another site it has no cookie of ours. */
const POSTED = [ROUTES.authorization, ROUTES.end_session] as const
const LONGEST = 8_000 // characters: more than any proxy takes in an address

/** What programs ask. No cookie is read there, whoever sends one. */
const PROGRAMS = [
  ...[...DISCOVERY, ROUTES.jwks].flatMap((path) => [['GET', path] as const, ['OPTIONS', path] as const]),
  ...[ROUTES.token, ROUTES.revocation, ROUTES.introspection, ROUTES.device_authorization].flatMap((path) => [
    ['POST', path] as const,
    ['OPTIONS', path] as const,
  ]),
  ['GET', ROUTES.userinfo],
  ['POST', ROUTES.userinfo],
  ['OPTIONS', ROUTES.userinfo],
] as const

/** The paths of OpenID Connect. Without any client, they aren't there. */
export function openidRoutes(deps: OpenidRoutesDeps) {
  const app = new Hono<AppEnv>()
  const headers = headersOf(deps.baseUrl)
  const scheme = new URL(deps.baseUrl).protocol.slice(0, -1)

  async function handle(c: AppContext, next: () => Promise<void>, isPage: boolean) {
    const provider = c.env.outgoing && (await deps.provider())
    if (!provider) return next()
    const { incoming, outgoing } = c.env
    if (c.req.param('uid')) incoming.url = c.req.path // it goes on with what was asked first, and stumbles over more
    // What the library takes for the truth about the connection; the proxy's word for it is in `baseUrl` already.
    incoming.headers['x-forwarded-proto'] = scheme
    incoming.headers['x-forwarded-host'] = undefined
    for (const [name, value] of headers) outgoing.setHeader(name, value)
    outgoing.setHeader('Cross-Origin-Opener-Policy', 'same-origin-allow-popups') // an app may have opened us in a window of its own
    comesFrom(incoming, c.var.origin)
    if (isPage) {
      const here = { ...hereOf(c), pages: providersPages(deps, c) }
      // A device is connected by somebody, and shown to them alone: who it is comes first.
      if (c.req.path === ROUTES.code_verification && !(await here.visitorAt(''))) return c.redirect(signInFirst(c), 303)
      comesWith(incoming, here)
    }
    await provider.handle(incoming, outgoing)
    const failure = failureIn(incoming)
    if (failure !== undefined) deps.report(failure)
    return alreadySent()
  }

  /** For HEAD, Hono makes another response of this one, and only one that was looked into takes along that it has been sent. */
  function alreadySent(): Response {
    const sent = new Response(null, RESPONSE_ALREADY_SENT)
    void sent.body
    return sent
  }

  function hereOf(c: AppContext) {
    const token = deps.cookies.session.read(c)
    const read = new Map<string, Promise<AtClient | undefined>>()
    const visitorAt = (client: string) => {
      const found =
        read.get(client) ??
        (token
          ? visitorFound(deps, token, (tokenHash) => deps.openid.visitorAtClient(tokenHash, client))
          : Promise.resolve(undefined))
      read.set(client, found)
      return found
    }
    return {
      visitorAt,
      async signOut() {
        const visitor = await visitorAt('')
        if (visitor) await signOut(deps, visitor, c.var.origin)
        const { cookies } = deps
        for (const cookie of [cookies.session, cookies.pending, cookies.enrolment]) cookie.remove(c)
        for (const cookie of c.body(null).headers.getSetCookie()) c.env.outgoing.appendHeader('Set-Cookie', cookie)
        c.env.outgoing.setHeader('Clear-Site-Data', '"cache"') // what Back would show again
      },
    }
  }

  function signInFirst(c: AppContext) {
    const code = c.req.query('user_code')
    const back = code ? `${c.req.path}?${new URLSearchParams({ user_code: code })}` : c.req.path
    return `/sign-in?${new URLSearchParams({ return_to: back })}`
  }

  for (const path of POSTED)
    app.post(path, async (c, next) => {
      if (!(await deps.provider())) return next()
      const form = await readText(c)
      return form.length > LONGEST ? c.body(null, 414) : c.redirect(`${path}?${new URLSearchParams(form)}`, 303)
    })
  for (const [method, path] of PAGES) app.on(method, path, (c, next) => handle(c, next, true))
  for (const [method, path] of PROGRAMS) app.on(method, path, (c, next) => handle(c, next, false))
  return app
}
