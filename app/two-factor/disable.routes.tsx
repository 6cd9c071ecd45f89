import { Hono } from 'hono'
import type { SignedInEnv } from '../http/env.ts'
import { type GuardDeps, may, signedIn } from '../http/guards.ts'
import type { RenderPage } from '../http/page.tsx'
import { confirmRoutes } from './confirm.routes.tsx'
import { type DisableDeps, disable } from './disable.ts'

/** "Are you sure" is asked by the pop-up or the page; the password is the answer. */
export const disableRoutes = (deps: DisableDeps & GuardDeps & { page: RenderPage }) =>
  new Hono<SignedInEnv>().use(signedIn(deps), may(deps, 'change_second_factor')).route(
    '/',
    confirmRoutes(deps.page, 'disable', async (c, session, password) => {
      const result = await disable(deps, session, password, c.var.origin)
      if (!result.ok) return result
      deps.cookies.session.renew(c, result.token)
      deps.cookies.enrolment.remove(c)
      deps.cookies.notice.leave(c, 'second_factor_off')
      return '/settings/account'
    }),
  )
