import { createMiddleware } from 'hono/factory'
import { type Deed, type Hindrance, standing } from '../identity/standing.ts'
import type { MailDeps } from '../mail/account-mails.ts'
import { currentSession, type Session, type SessionDeps } from '../sign-in/session.ts'
import type { AnyContext, AppEnv, SignedInEnv } from './env.ts'
import type { Cookies } from './session.ts'

export type GuardDeps = SessionDeps & Pick<MailDeps, 'mailDelivery'> & { cookies: Cookies }

/** Behind it there is a session in `c.var.session`. Others are taken to sign-in, or to the code they still owe. */
export const signedIn = (deps: GuardDeps) => signedInWith(deps, (_, token) => currentSession(deps, token))

/** The same, and with the session `view` reads what the page shows: all of it is one read. */
export const signedInWith = <Deps extends GuardDeps, Viewer extends Session>(
  deps: Deps,
  view: (deps: Deps, token: string, c: AnyContext) => Promise<Viewer | undefined>,
) =>
  createMiddleware<SignedInEnv<Viewer>>(async (c, next) => {
    const token = deps.cookies.session.read(c)
    const session = token && (await view(deps, token, c))
    if (!session) {
      const returnTo =
        c.req.method === 'GET' && c.req.path !== '/' ? `?return_to=${encodeURIComponent(c.req.path)}` : ''
      return c.redirect(deps.cookies.pending.read(c) ? `/sign-in/two-factor${returnTo}` : `/sign-in${returnTo}`, 303)
    }
    c.set('session', session)
    await next()
  })

/**
 * For the pages of somebody who is not signed in: a session goes to the dashboard instead. The cookie of one that has ended is taken away here,
 * where whoever had it is led. A page that refuses it leaves it: asked while the session gets its new token, it would take that one away.
 */
export const signedOut = (deps: GuardDeps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const token = deps.cookies.session.read(c)
    if (token && (await currentSession(deps, token))) return c.redirect('/', 303)
    if (token && c.req.method === 'GET') deps.cookies.session.remove(c)
    await next()
  })

/** For pages with a form that leads to a session, whose field `cookie` says that the browser was asked to keep one. */
export const asksForCookie = ({ cookies }: GuardDeps) =>
  createMiddleware<AppEnv>(async (c, next) => {
    await next()
    if (c.req.method === 'GET' && c.res.status === 200) cookies.probe.ask(c)
  })

/** Comes after `signedIn`: whose standing closes what the page is for is led to where that changes. */
export const may = (deps: GuardDeps, deed: Deed) =>
  createMiddleware<SignedInEnv>(async (c, next) => {
    const answer = standing(deps, { kind: 'session', session: c.var.session }, deed)
    if (answer === 'go_on' || answer === 'nothing') return next()
    if (answer === 'confirm_email') deps.cookies.notice.leave(c, 'email_unconfirmed')
    return c.redirect(LEADS_TO[answer], 303)
  })

const LEADS_TO: Record<Hindrance, string> = {
  make_recovery_codes: '/settings/two-factor/recovery-codes',
  set_up_second_factor: '/settings/account',
  change_second_factor: '/settings/account',
  confirm_email: '/settings/email',
}
