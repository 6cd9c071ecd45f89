import { Hono } from 'hono'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { RecoveryStoppedPage, StopRecoveryPage } from '#views/mail/recovery-pages.tsx'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type StopRecoveryDeps, stopByLink, stoppableBehind, stopRecovery } from './stop-recovery.ts'

/** The button of the warning. Whatever else a session has to do first, it can press it: that only closes a door. */
export const stopRecoveryRoutes = (deps: StopRecoveryDeps & GuardDeps) =>
  signedInPages(deps, { deed: 'leave', view: visitorAlone }, (pages) =>
    pages.post('/', async (c) => {
      await readNothing(c)
      const stopped = await stopRecovery(deps, c.var.visitor, c.var.origin)
      deps.cookies.flash.leave(c, stopped ? 'recovery_stopped' : 'recovery_gone')
      return c.redirect('/', 303)
    }),
  )

/** What the link in each mail about the wait leads to. Looking at it changes nothing; its button works once. */
export function stopByLinkRoutes(deps: StopRecoveryDeps & { cookies: Cookies; page: RenderPage }) {
  const link = mailLinkCookie(deps, 'stop_recovery')

  function gone(c: AppContext) {
    link.remove(c)
    return deps.page(c, <MailLinkGonePage link={{ href: '/sign-in', text: words.mailPages.gone.goToSignIn }} />, 410)
  }

  return new Hono<AppEnv>()
    .use('/', link.exchange)
    .get('/', async (c) => {
      const token = link.read(c)
      const found = token && (await stoppableBehind(deps, token))
      return found ? deps.page(c, <StopRecoveryPage email={found.email} />) : gone(c)
    })
    .post('/', async (c) => {
      await readNothing(c)
      const token = link.read(c)
      if (!token || !(await stopByLink(deps, token, c.var.origin))) return gone(c)
      link.remove(c)
      return c.redirect('/mail/stop-recovery/stopped', 303)
    })
    .get('/stopped', (c) => deps.page(c, <RecoveryStoppedPage />))
}
