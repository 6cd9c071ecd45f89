import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import { type DisableDeps, disable } from './disable.ts'

/** "Are you sure" is asked by the pop-up or the page; the password is the answer. */
export const disableRoutes = (deps: DisableDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'change_second_factor', view: visitorAlone }, (pages) =>
    confirmRoutes(pages, deps.page, 'disable', async (c, visitor, password) => {
      const result = await disable(deps, visitor, password, c.var.origin)
      if (!result.ok) return result
      deps.cookies.session.renew(c, result.token)
      deps.cookies.enrolment.remove(c)
      deps.cookies.flash.leave(c, 'second_factor_off')
      return '/settings/account'
    }),
  )
