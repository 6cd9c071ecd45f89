import { SignedOutPage, SignOutPage } from '#views/gate/sign-out-pages.tsx'
import { readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { type SignOutDeps, signOut } from '../identity/sign-out.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { schemeOf } from './hosts.ts'
import { cameFrom, openedView, type SignOutStore } from './sign-out.ts'

type Deps = SignOutDeps & GuardDeps & { gate: SignOutStore; page: RenderPage; baseUrl: string }

/** Where signing out at an app leads: the session ends at the portal, and with it every app that it opened. */
export const signOutAtGateRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: 'leave', view: openedView, comesBackWith: 'nothing' }, (pages) =>
    pages
      .get('/', (c) => {
        const { visitor } = c.var
        const from = cameFrom(visitor, c.req.query('from'))
        const back = from && { href: `${schemeOf(deps.baseUrl)}://${from.host}/`, title: from.title }
        return deps.page(c, <SignOutPage visitor={visitor} opened={visitor.opened} back={back} />)
      })
      .post('/', async (c) => {
        await readNothing(c)
        const { opened } = c.var.visitor
        await signOut(deps, c.var.visitor, c.var.origin)
        deps.cookies.session.remove(c)
        deps.cookies.pending.remove(c)
        deps.cookies.enrolment.remove(c)
        c.header('Clear-Site-Data', '"cache"') // what Back would show again
        return deps.page(c, <SignedOutPage opened={opened} />)
      }),
  )
