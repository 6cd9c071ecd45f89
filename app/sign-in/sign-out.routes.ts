import { readNothing } from '../http/forms.ts'
import { visitorAlone } from '../identity/session.ts'
import { type SignOutDeps, signOut } from '../identity/sign-out.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'

export const signOutRoutes = (deps: SignOutDeps & GuardDeps) =>
  signedInPages(deps, { deed: 'leave', view: visitorAlone }, (pages) =>
    pages.post('/', async (c) => {
      await readNothing(c)
      await signOut(deps, c.var.visitor, c.var.origin)
      deps.cookies.session.remove(c)
      deps.cookies.pending.remove(c)
      deps.cookies.enrolment.remove(c)
      deps.cookies.flash.leave(c, 'signed_out')
      c.header('Clear-Site-Data', '"cache"') // what Back would show again
      return c.redirect('/sign-in', 303)
    }),
  )
