import { z } from 'zod'
import { ChangeNamePage } from '#views/account/change-name-page.tsx'
import { words } from '#views/words/words.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, signedInPages } from '../pages/guards.ts'
import { type ChangeNameDeps, changeName, DISPLAY_NAME_AT_MOST } from './change-name.ts'

const ChangeNameForm = z.object({ name: z.string() })

/** Settings → Account → Change Name. */
export const changeNameRoutes = (deps: ChangeNameDeps & GuardDeps & { page: RenderPage }) =>
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', (c) => {
        const { visitor } = c.var
        const values = { name: visitor.account.displayName ?? '' }
        return deps.page(c, <ChangeNamePage visitor={visitor} form={{ values }} />)
      })
      .post('/', async (c) => {
        const { visitor } = c.var
        const form = await readForm(c, ChangeNameForm)
        const values = { name: form.values.name ?? '' }
        if (!form.ok)
          return deps.page(c, <ChangeNamePage visitor={visitor} form={{ values, errors: form.errors }} />, 422)
        const result = await changeName(deps, visitor, form.data.name)
        if (!result.ok) {
          const { too_long, not_text } = words.messages.name
          const said = result.refusal === 'too_long' ? too_long(DISPLAY_NAME_AT_MOST) : not_text
          return deps.page(c, <ChangeNamePage visitor={visitor} form={refusedForm('name', said, values)} />, 422)
        }
        deps.cookies.flash.leave(c, 'name_changed')
        return c.redirect('/settings/account', 303)
      }),
  )
