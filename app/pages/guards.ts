import { type Context, Hono, type HonoRequest, type MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { BlankSchema } from 'hono/types'
import type { Cookies } from '../http/cookies.ts'
import type { AppEnv } from '../http/env.ts'
import { currentVisitor, type SessionDeps, visitorFound } from '../identity/session.ts'
import { type Deed, type Hindrance, type StandingDeps, standing } from '../identity/standing.ts'
import type { Find, SignedIn } from '../identity/visitor.ts'

export type GuardDeps = SessionDeps & StandingDeps & { cookies: Cookies }

/** Not exported: `signedInPages` alone hands out an app that has a visitor. */
type SignedInEnv<Visitor extends SignedIn> = {
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { visitor: Visitor }
}

/** A request for one of these pages. */
export type SignedInContext<Visitor extends SignedIn = SignedIn> = Context<SignedInEnv<Visitor>>

/** Where these pages are put, below a path or not. */
export type SignedInPages<Visitor extends SignedIn = SignedIn> = Hono<SignedInEnv<Visitor>, BlankSchema, string>

/** How to read who is there and, in the same read, what the pages show of the account. */
type View<Deps, Visitor extends SignedIn> = (deps: Deps, request: HonoRequest) => Find<Visitor>

/** `comesBackWith`: what sign-in leads back to; most queries are only about one moment of a page. */
type Way<Deps, Visitor extends SignedIn> = {
  deed: Deed
  view: View<Deps, Visitor>
  comesBackWith?: 'path' | 'path_and_query' | 'nothing'
}

/**
 * Pages that only a session opens whose standing allows the deed. `put` puts them into the one typed app in which
 * `c.var.visitor` exists, and before each of them stands the guard: a page that could forget it does not compile.
 */
export function signedInPages<Deps extends GuardDeps, Visitor extends SignedIn = SignedIn>(
  deps: Deps,
  { deed, view, comesBackWith = 'path' }: Way<Deps, Visitor>,
  put: (pages: SignedInPages<Visitor>) => void,
): Hono<AppEnv> {
  const pages = new Hono<SignedInEnv<Visitor>>()
  put(pages)
  const guarded = new Hono<SignedInEnv<Visitor>>()
  const guard = signedIn(deps, { deed, view, comesBackWith })
  // Once for each path, and for nothing below it: another file's pages may be there, with a read of their own.
  const routes = new Map(pages.routes.map((route) => [`${route.method} ${route.path}`, route]))
  for (const { method, path } of routes.values()) guarded.on(method, path, guard)
  return new Hono<AppEnv>().route('/', guarded.route('/', pages))
}

/** Others are taken to sign-in, or to the code they still owe; a session, to what its standing puts first. */
const signedIn = <Deps extends GuardDeps, Visitor extends SignedIn>(
  deps: Deps,
  { deed, view, comesBackWith }: Required<Way<Deps, Visitor>>,
): MiddlewareHandler<SignedInEnv<Visitor>> =>
  createMiddleware<SignedInEnv<Visitor>>(async (c, next) => {
    const token = deps.cookies.session.read(c)
    const visitor = token ? await visitorFound(deps, token, view(deps, c.req)) : undefined
    const may = standing(deps, visitor, deed)
    if (!visitor || may === 'nothing') {
      const path = wayBack(c, comesBackWith)
      const returnTo = c.req.method === 'GET' && path !== '/' ? `?return_to=${encodeURIComponent(path)}` : ''
      return c.redirect(deps.cookies.pending.read(c) ? `/sign-in/two-factor${returnTo}` : `/sign-in${returnTo}`, 303)
    }
    if (may === 'not_theirs') return c.notFound()
    if (may !== 'go_on') {
      if (may === 'confirm_email') deps.cookies.flash.leave(c, 'email_unconfirmed')
      const back = LEADS_BACK.has(may) ? `?return_to=${encodeURIComponent(c.req.path)}` : ''
      return c.redirect(`${LEADS_TO[may]}${back}`, 303)
    }
    c.set('visitor', visitor)
    await next()
  })

function wayBack({ req }: Context, comesBackWith: Required<Way<never, never>>['comesBackWith']): string {
  if (comesBackWith === 'nothing') return '/'
  return comesBackWith === 'path' ? req.path : req.path + new URL(req.url).search
}

const LEADS_TO: Record<Exclude<Hindrance, 'not_theirs' | 'recovery_waits'>, string> = {
  make_recovery_codes: '/settings/two-factor/recovery-codes',
  set_up_second_factor: '/settings/account',
  change_second_factor: '/settings/account',
  confirm_email: '/settings/email',
  prove_second_factor: '/settings/two-factor/fresh-proof',
  prove_resistant: '/settings/two-factor/fresh-proof',
  only_set_up: '/settings/two-factor/set-up/confirm',
  only_add_resistant: '/settings/two-factor/add/confirm',
}
const LEADS_BACK: ReadonlySet<Hindrance> = new Set<Hindrance>(['prove_second_factor', 'prove_resistant'])

/**
 * For the pages of somebody who is not signed in: a session goes to the dashboard instead. The cookie of one that has ended is taken away here,
 * where whoever had it is led. A page that refuses it leaves it: asked while the session gets its new token, it would take that one away.
 */
export const signedOut = (deps: GuardDeps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const token = deps.cookies.session.read(c)
    if (token && (await currentVisitor(deps, token))) return c.redirect('/', 303)
    if (token && c.req.method === 'GET') deps.cookies.session.remove(c)
    await next()
  })

/** For pages with a form that leads to a session, whose field `cookie` says that the browser was asked to keep one. */
export const asksForCookie = ({ cookies }: Pick<GuardDeps, 'cookies'>) =>
  createMiddleware<AppEnv>(async (c, next) => {
    await next()
    if (c.req.method === 'GET' && c.res.status === 200) cookies.probe.ask(c)
  })
