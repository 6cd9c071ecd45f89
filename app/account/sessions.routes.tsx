import { compress } from 'hono/compress'
import { z } from 'zod'
import { SessionsPage } from '#views/account/sessions-page.tsx'
import { SignOutEverywherePage } from '#views/account/sign-out-everywhere.tsx'
import type { AnyContext } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import { readForm, readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { forgetBrowsers, type TrustedBrowsersDeps } from '../identity/trusted-browsers.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import {
  appsOpenedBy,
  endOtherSessions,
  endSessions,
  type SessionsDeps,
  sessionsSeenBy,
  sessionsView,
} from './sessions.ts'
import { type SignOutEverywhereDeps, signOutEverywhere } from './sign-out-everywhere.ts'

const HERE = '/settings/sessions'
/** Each row's button sends its own id. */
const OneForm = z.object({ id: z.string().max(64) })

/**
 * Sessions and trusted browsers, which end one by one or all at once, and the panic button. No password is asked for, and
 * nobody is sent away to generate recovery codes first: all of it only closes doors.
 */
export function sessionsRoutes(
  deps: SessionsDeps & SignOutEverywhereDeps & TrustedBrowsersDeps & GuardDeps & { page: RenderPage },
) {
  const back = (c: AnyContext, flash: FlashWord) => {
    deps.cookies.flash.leave(c, flash)
    return c.redirect(HERE, 303)
  }

  const idIn = async (c: AnyContext): Promise<string[]> => {
    const form = await readForm(c, OneForm)
    return form.ok ? [form.data.id] : []
  }

  return signedInPages(deps, { deed: 'leave', view: sessionsView }, (pages) =>
    pages
      .get('/', compress(), (c) => {
        const { visitor } = c.var
        const listed = sessionsSeenBy(visitor).map((each) => ({
          ...each,
          current: each.id === visitor.session.id,
          apps: appsOpenedBy(visitor, each.id),
        }))
        const flash = takeFlash(c, deps.cookies, visitor)
        const { trustedBrowsers } = visitor
        return deps.page(
          c,
          <SessionsPage visitor={visitor} flash={flash} sessions={listed} trusted={trustedBrowsers} />,
        )
      })
      .post('/', async (c) => {
        const ended = await endSessions(deps, c.var.visitor.account.id, await idIn(c), c.var.origin)
        return back(c, ended.length > 0 ? 'session_ended' : 'session_gone')
      })
      .get('/others', (c) => c.redirect(HERE, 303))
      .post('/others', async (c) => {
        await readNothing(c)
        const ended = await endOtherSessions(deps, c.var.visitor, c.var.origin)
        return back(c, ended.length > 0 ? 'sessions_ended' : 'no_other_sessions')
      })
      .get('/trusted', (c) => c.redirect(HERE, 303))
      .post('/trusted', async (c) => {
        const forgotten = await forgetBrowsers(deps, c.var.visitor.account.id, await idIn(c), c.var.origin)
        return back(c, forgotten.length > 0 ? 'browser_forgotten' : 'browser_gone')
      })
      .get('/trusted/all', (c) => c.redirect(HERE, 303))
      .post('/trusted/all', async (c) => {
        await readNothing(c)
        const { account, trustedBrowsers } = c.var.visitor
        const ids = trustedBrowsers.map(({ id }) => id)
        const forgotten = await forgetBrowsers(deps, account.id, ids, c.var.origin)
        return back(c, forgotten.length > 0 ? 'browsers_forgotten' : 'browser_gone')
      })
      .get('/everything', (c) => deps.page(c, <SignOutEverywherePage visitor={c.var.visitor} />))
      .post('/everything', async (c) => {
        await readNothing(c)
        const { cookies } = deps
        const done = await signOutEverywhere(deps, c.var.visitor, cookies.browser.read(c), c.var.origin)
        cookies.session.remove(c)
        cookies.pending.remove(c)
        cookies.enrolment.remove(c)
        cookies.flash.leave(c, done ? 'signed_out_everywhere' : 'signed_out')
        c.header('Clear-Site-Data', '"cache"') // what Back would show again
        return c.redirect('/sign-in', 303)
      }),
  )
}
