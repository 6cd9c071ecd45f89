import { compress } from 'hono/compress'
import { z } from 'zod'
import { SignedInAppsPage } from '#views/openid/signed-in-apps-page.tsx'
import { readForm } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { appsOf, revokeApp, type SignedInAppsDeps, signedInAppsView } from './signed-in-apps.ts'

const HERE = '/settings/apps'
const OneForm = z.object({ app: z.string().max(64) })

/** Where the person has signed in. As with sessions, nothing is asked for first: all that can be done here closes doors. */
export const signedInAppsRoutes = (deps: SignedInAppsDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'leave', view: signedInAppsView }, (pages) =>
    pages
      .get('/', compress(), (c) => {
        const { visitor } = c.var
        const flash = takeFlash(c, deps.cookies, visitor)
        return deps.page(c, <SignedInAppsPage visitor={visitor} flash={flash} apps={appsOf(visitor)} />)
      })
      .post('/', async (c) => {
        const form = await readForm(c, OneForm)
        const isRevoked = form.ok && (await revokeApp(deps, c.var.visitor, form.data.app, c.var.origin))
        deps.cookies.flash.leave(c, isRevoked ? 'app_revoked' : 'app_gone')
        return c.redirect(HERE, 303)
      }),
  )
