import { z } from 'zod'
import { RecoveryCodesPage } from '#views/two-factor/recovery-codes-page.tsx'
import { RecoveryCodesPrint } from '#views/two-factor/recovery-codes-print.tsx'
import { RegeneratePage } from '#views/two-factor/regenerate-page.tsx'
import { readForm, readNothing } from '../http/forms.ts'
import type { RenderPage } from '../http/page.tsx'
import { displayed } from '../lib/codes.ts'
import { takeFlash } from '../pages/flash.ts'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import { confirmRoutes } from './confirm.routes.tsx'
import {
  type CodesVisitor,
  codesSeenBy,
  codesView,
  confirmView,
  type RecoveryCodesDeps,
  recordDownload,
  regenerateCodes,
  type ShownCodes,
} from './recovery-codes.ts'
import { sendCodesFile } from './recovery-codes-file.http.ts'

const HERE = '/settings/two-factor/recovery-codes'
/** Names the set that the page showed, by the millisecond it was made. */
const RegenerateForm = z.object({ set: z.string().regex(/^\d{1,14}$/) })

type CodesContext = SignedInContext<CodesVisitor>

/** View (password), Download, Print, Generate new recovery codes. */
export function recoveryCodesRoutes(
  deps: RecoveryCodesDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string },
) {
  /** For pages that show the codes, as they are displayed. Others than may view them are asked for the password. */
  const shown = (answer: (c: CodesContext, shown: ShownCodes) => Response | Promise<Response>) => (c: CodesContext) => {
    const found = codesSeenBy(deps, c.var.visitor)
    if (!found) return c.redirect(`${HERE}/confirm`, 303)
    const codes = found.codes.map(({ code, usedAt }) => ({ code: code && displayed(code), usedAt }))
    return answer(c, { madeAt: found.madeAt, codes })
  }

  return signedInPages(deps, { deed: 'recovery_codes', view: codesView }, (pages) => {
    confirmRoutes(pages.basePath('/confirm'), deps.page, 'view', async (c, visitor, password) => {
      const result = await confirmView(deps, visitor, password, c.var.origin)
      if (!result.ok) return result
      deps.cookies.session.renew(c, result.token)
      return HERE
    })
    pages
      .get(
        '/',
        shown((c, { codes, madeAt }) => {
          const flash = takeFlash(c, deps.cookies, c.var.visitor)
          return deps.page(c, <RecoveryCodesPage visitor={c.var.visitor} flash={flash} codes={codes} madeAt={madeAt} />)
        }),
      )
      .get(
        '/regenerate',
        shown((c, { madeAt }) =>
          deps.page(c, <RegeneratePage visitor={c.var.visitor} set={String(madeAt.getTime())} />),
        ),
      )
      .post(
        '/regenerate',
        shown(async (c) => {
          const form = await readForm(c, RegenerateForm)
          const { ok } = form.ok
            ? await regenerateCodes(deps, c.var.visitor, new Date(Number(form.data.set)), c.var.origin)
            : { ok: false }
          deps.cookies.flash.leave(c, ok ? 'codes_regenerated' : 'codes_already_replaced')
          return c.redirect(HERE, 303)
        }),
      )
      .post(
        '/download',
        shown(async (c) => {
          await readNothing(c)
          await recordDownload(deps, c.var.visitor, c.var.origin)
          return c.redirect(`${HERE}/download`, 303)
        }),
      )
      .get(
        '/download',
        shown((c, { codes, madeAt }) => {
          return sendCodesFile(c, deps, c.var.visitor.account.email, madeAt, codes)
        }),
      )
      .get(
        '/print',
        shown((c, { codes, madeAt }) => {
          const { issuer, baseUrl } = deps
          return deps.page(
            c,
            <RecoveryCodesPrint
              account={c.var.visitor.account.email}
              issuer={issuer}
              site={baseUrl}
              madeAt={madeAt}
              codes={codes}
              backHref={HERE}
            />,
          )
        }),
      )
  })
}
