import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import { RecoveryCodesPage } from '#views/two-factor/recovery-codes-page.tsx'
import { RecoveryCodesPrint } from '#views/two-factor/recovery-codes-print.tsx'
import { RegeneratePage } from '#views/two-factor/regenerate-page.tsx'
import type { SignedInEnv } from '../http/env.ts'
import { readForm, readNothing } from '../http/forms.ts'
import { type GuardDeps, may, signedInWith } from '../http/guards.ts'
import { takeNotice } from '../http/notices.ts'
import type { RenderPage } from '../http/page.tsx'
import { sendCodesFile } from '../http/recovery-codes-file.ts'
import { displayed } from '../lib/codes.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import {
  type CodesViewer,
  codesSeenBy,
  codesViewer,
  confirmView,
  type RecoveryCode,
  type RecoveryCodesDeps,
  recordDownload,
  regenerateCodes,
} from './recovery-codes.ts'

const HERE = '/settings/two-factor/recovery-codes'
/** Names the set that the page showed, by the millisecond it was made. */
const RegenerateForm = z.object({ set: z.string().regex(/^\d{1,14}$/) })

type Env = SignedInEnv<CodesViewer> & { Variables: { shown: { madeAt: Date; codes: RecoveryCode[] } } }

/** View (password), Download, Print, Generate new recovery codes. */
export function recoveryCodesRoutes(
  deps: RecoveryCodesDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string },
) {
  /** Behind it the codes are in `c.var.shown`, as displayed. Others are asked for the password. */
  const codesShown = createMiddleware<Env>(async (c, next) => {
    const found = codesSeenBy(deps, c.var.session)
    if (!found) return c.redirect(`${HERE}/confirm`, 303)
    const codes = found.codes.map(({ code, usedAt }) => ({ code: code && displayed(code), usedAt }))
    c.set('shown', { madeAt: found.madeAt, codes })
    await next()
  })

  const confirm = confirmRoutes(deps.page, 'view', async (c, session, password) => {
    const result = await confirmView(deps, session, password, c.var.origin)
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    return HERE
  })

  return new Hono<Env>()
    .use(signedInWith(deps, codesViewer), may(deps, 'recovery_codes'))
    .route('/confirm', confirm)
    .get('/', codesShown, (c) => {
      const { codes, madeAt } = c.var.shown
      const notice = takeNotice(c, deps.cookies, c.var.session)
      return deps.page(c, <RecoveryCodesPage viewer={c.var.session} notice={notice} codes={codes} madeAt={madeAt} />)
    })
    .get('/regenerate', codesShown, (c) =>
      deps.page(c, <RegeneratePage viewer={c.var.session} set={String(c.var.shown.madeAt.getTime())} />),
    )
    .post('/regenerate', codesShown, async (c) => {
      const form = await readForm(c, RegenerateForm)
      const { ok } = form.ok
        ? await regenerateCodes(deps, c.var.session, new Date(Number(form.data.set)), c.var.origin)
        : { ok: false }
      deps.cookies.notice.leave(c, ok ? 'codes_regenerated' : 'codes_already_replaced')
      return c.redirect(HERE, 303)
    })
    .post('/download', codesShown, async (c) => {
      await readNothing(c)
      await recordDownload(deps, c.var.session, c.var.origin)
      return c.redirect(`${HERE}/download`, 303)
    })
    .get('/download', codesShown, (c) => {
      const { codes, madeAt } = c.var.shown
      return sendCodesFile(c, deps, c.var.session.email, madeAt, codes)
    })
    .get('/print', codesShown, (c) => {
      const { issuer, baseUrl } = deps
      const { codes, madeAt } = c.var.shown
      return deps.page(
        c,
        <RecoveryCodesPrint
          account={c.var.session.email}
          issuer={issuer}
          site={baseUrl}
          madeAt={madeAt}
          codes={codes}
          backHref={HERE}
        />,
      )
    })
}
