import { z } from 'zod'
import { DataPage } from '#views/account/data-page.tsx'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { passwordRefused } from '../http/password-refused.ts'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type DataDeps, downloadData } from './data.ts'
import { sendDataFile } from './data-file.http.ts'

const PasswordForm = z.object({ password: passwordField() })

/** "Download my data": the password, and the answer to it is the file. */
export const dataRoutes = (deps: DataDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => deps.page(c, <DataPage visitor={c.var.visitor} form={{}} />))
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, PasswordForm)
        if (!form.ok) return deps.page(c, <DataPage visitor={visitor} form={{ errors: form.errors }} />, 422)
        const result = await downloadData(deps, visitor, form.data.password, c.var.origin)
        if (!result.ok)
          return deps.page(c, <DataPage visitor={visitor} form={passwordRefused(result)} />, refusedStatus(c, result))
        deps.cookies.session.renew(c, result.token)
        return sendDataFile(c, deps, result)
      }),
  )
