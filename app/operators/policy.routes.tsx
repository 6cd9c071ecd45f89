import { z } from 'zod'
import { PolicyPage } from '#views/operators/policy-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm } from '../http/messages.ts'
import { LEVELS } from '../identity/policy.ts'
import { visitorAlone } from '../identity/session.ts'
import { takeFlash } from '../pages/flash.ts'
import { type SignedInContext, signedInPages } from '../pages/guards.ts'
import { actingAs, dayField, reasonField } from './fields.http.ts'
import { OPERATE, type OperatorPagesDeps } from './operator-pages.http.ts'
import { type OperatorPolicyDeps, policiesNow, setPolicy } from './policy.ts'

const HERE = '/operate/policy'
const NewPolicy = z.object({ group: z.string().trim(), level: z.enum(LEVELS), from: dayField(), reason: reasonField() })

/** Who needs a second factor, and from when. */
export const policyRoutes = (deps: OperatorPolicyDeps & OperatorPagesDeps) =>
  signedInPages(deps, { deed: OPERATE, view: visitorAlone }, (pages) => {
    async function show(c: SignedInContext, form: FormState, status: 200 | 422 = 200) {
      const { visitor } = c.var
      const flash = takeFlash(c, deps.cookies, visitor)
      return deps.page(
        c,
        <PolicyPage visitor={visitor} flash={flash} form={form} {...(await policiesNow(deps))} levels={LEVELS} />,
        status,
      )
    }

    pages
      .get('/', (c) => show(c, {}))
      .post('/', async (c) => {
        const form = await readForm(c, NewPolicy)
        if (!form.ok) return show(c, { values: form.values, errors: form.errors }, 422)
        const { group, level, from, reason } = form.data
        const by = actingAs(c.var.visitor, c, reason)
        const result = await setPolicy(deps, { level, group: group === '' ? undefined : group, from }, by)
        if (!result.ok) {
          const field = result.reason === 'no_such_group' ? 'group' : 'level'
          return show(c, refusedForm<string>(field, words.operators.refused[result.reason], form.values), 422)
        }
        deps.cookies.flash.leave(c, 'policy_set')
        return c.redirect(HERE, 303)
      })
  })
