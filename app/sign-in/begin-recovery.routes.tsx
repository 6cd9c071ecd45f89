import { Hono } from 'hono'
import { MailLinkGonePage } from '#views/mail/link-gone-page.tsx'
import { BeginRecoveryPage, RecoveryBegunPage } from '#views/mail/recovery-pages.tsx'
import { words } from '#views/words/words.ts'
import type { Cookies } from '../http/cookies.ts'
import type { AppContext, AppEnv } from '../http/env.ts'
import { readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { mailLinkCookie } from '../mail/link-cookie.http.ts'
import { type BeginRecoveryDeps, beginRecovery, recoveryBehind } from './begin-recovery.ts'
import { unlessOff } from './recovery.http.ts'

const HOUR = 60 * 60_000

/** What the link of "I've lost everything" leads to. Looking at it changes nothing; its button works once. */
export function beginRecoveryRoutes(deps: BeginRecoveryDeps & { cookies: Cookies; page: RenderPage }) {
  const link = mailLinkCookie(deps, 'lost_everything')
  const hours = deps.recoveryDelay / HOUR

  function gone(c: AppContext) {
    link.remove(c)
    return deps.page(c, <MailLinkGonePage link={{ href: '/sign-in', text: words.mailPages.gone.goToSignIn }} />, 410)
  }

  return new Hono<AppEnv>()
    .use('*', unlessOff(deps))
    .use('/', link.exchange)
    .get('/', async (c) => {
      const token = link.read(c)
      const found = token && (await recoveryBehind(deps, token))
      return found ? deps.page(c, <BeginRecoveryPage email={found.email} hours={hours} />) : gone(c)
    })
    .post('/', async (c) => {
      await readNothing(c)
      const token = link.read(c)
      const begun = token ? await beginRecovery(deps, token, c.var.origin) : undefined
      if (!begun?.ok) return gone(c)
      link.remove(c)
      return c.redirect('/mail/lost-everything/begun', 303)
    })
    .get('/begun', (c) => deps.page(c, <RecoveryBegunPage hours={hours} />))
}
