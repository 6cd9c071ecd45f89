import { z } from 'zod'
import { FreshProofPage } from '#views/two-factor/fresh-proof-page.tsx'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { returnPath } from '../http/return-to.ts'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import { type AuthenticatorsVisitor, authenticatorsView, type ListDeps } from './authenticators.ts'
import { answerIn, answerShape, fieldOf, type WithPages } from './factor.http.ts'
import { challengesNow, type FreshProofDeps, proveAgain } from './fresh-proof.ts'
import { answerRefused, speakerOf } from './messages.http.ts'

type Deps = WithPages<FreshProofDeps> & ListDeps & GuardDeps & { page: RenderPage; baseUrl: string }

const HERE = '/settings/two-factor/fresh-proof'

/** Where a session is led that has to show its second factor again, and from where it goes on to what it wanted. */
export function freshProofRoutes(deps: Deps) {
  const kinds = [...deps.factorKinds, deps.recoveryCodeAnswers]
  const AnswerForm = z.object({
    ...answerShape(kinds),
    return_to: z.string().optional(),
    cookie: z.string().optional(),
  })

  async function show(
    c: SignedInContext<AuthenticatorsVisitor>,
    form: FormState,
    returnTo: string | undefined,
    status: 200 | 422 | 429 = 200,
  ) {
    const { visitor } = c.var
    const frame = { form, returnTo, action: HERE }
    const asked = await challengesNow(deps, visitor)
    return deps.page(
      c,
      <FreshProofPage
        visitor={visitor}
        frame={frame}
        parts={asked.map(({ kind, ...of }) => kind.secondStepPart?.(frame, of))}
        onlyRecoveryCodes={asked.some(({ hasTyped }) => !hasTyped)}
      />,
      status,
    )
  }

  return signedInPages(deps, { deed: 'change_second_factor', view: authenticatorsView }, (pages) =>
    pages
      .get('/', (c) => show(c, {}, c.req.query('return_to')))
      .post('/', async (c) => {
        const { return_to: returnTo, ...values } = (await readForm(c, AnswerForm)).values
        const answer = answerIn(kinds, values)
        if (!answer) return show(c, { errors: { code: words.fields.code } }, returnTo, 422)
        const result = await proveAgain(deps, c.var.visitor, answer, c.var.origin)
        if (!result.ok) {
          const field = result.reason === 'refused' ? fieldOf(speakerOf(deps, result.refusal)) : 'code'
          const form = refusedForm<string>(field, answerRefused(deps, result))
          return show(c, form, returnTo, refusedStatus(c, result))
        }
        deps.cookies.session.renew(c, result.token)
        return c.redirect(returnPath(returnTo, deps.baseUrl), 303)
      }),
  )
}
