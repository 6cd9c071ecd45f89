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
import { type AskedLevel, challengesNow, type FreshProofDeps, onlyResistant, proveAgain } from './fresh-proof.ts'
import { answerRefused, speakerOf } from './messages.http.ts'

type Deps = WithPages<FreshProofDeps> & ListDeps & GuardDeps & { page: RenderPage; baseUrl: string }

const HERE = '/settings/two-factor/fresh-proof'

/** What an app asks for, where it is more than any second factor. */
const levelIn = (text: string | undefined): AskedLevel =>
  text === 'phishing_resistant' || text === 'held' ? text : undefined

/** Where a session is led that has to show its second factor again, and from where it goes on to what it wanted. */
export function freshProofRoutes(deps: Deps) {
  const kinds = [...deps.factorKinds, deps.recoveryCodeAnswers]
  const AnswerForm = z.object({
    ...answerShape(kinds),
    return_to: z.string().optional(),
    level: z.string().optional(),
    cookie: z.string().optional(),
  })

  async function show(
    c: SignedInContext<AuthenticatorsVisitor>,
    form: FormState,
    { returnTo, level }: { returnTo: string | undefined; level: string | undefined },
    status: 200 | 422 | 429 = 200,
  ) {
    const { visitor } = c.var
    const lacking = levelIn(level)
    const onlyPasskeys = onlyResistant(deps, visitor, lacking)
    const asks = onlyPasskeys ? 'phishing_resistant' : lacking
    const frame = { form, returnTo, action: HERE, ...(asks && { level: asks }) }
    const asked = await challengesNow(deps, visitor)
    const onlyRecoveryCodes = asked.some(({ hasTyped }) => !hasTyped)
    return deps.page(
      c,
      <FreshProofPage
        visitor={visitor}
        frame={frame}
        parts={asked.map(({ kind, ...of }) => kind.secondStepPart?.(frame, of))}
        onlyPasskeys={onlyPasskeys || (asks === 'held' && onlyRecoveryCodes)}
        onlyRecoveryCodes={onlyRecoveryCodes}
        onlyHeld={asks === 'held'}
      />,
      status,
    )
  }

  return signedInPages(deps, { deed: 'show_second_factor', view: authenticatorsView }, (pages) =>
    pages
      .get('/', (c) => show(c, {}, { returnTo: c.req.query('return_to'), level: c.req.query('level') }))
      .post('/', async (c) => {
        const { return_to: returnTo, level, ...values } = (await readForm(c, AnswerForm)).values
        const from = { returnTo, level }
        const answer = answerIn(kinds, values)
        if (!answer) return show(c, { errors: { code: words.fields.code } }, from, 422)
        const result = await proveAgain(deps, c.var.visitor, answer, c.var.origin, levelIn(level))
        if (!result.ok) {
          const field = result.reason === 'refused' ? fieldOf(speakerOf(deps, result.refusal)) : 'code'
          const said = result.reason === 'not_held' ? words.messages.code.not_held : answerRefused(deps, result)
          const form = refusedForm<string>(field, said)
          return show(c, form, from, refusedStatus(c, result))
        }
        deps.cookies.session.renew(c, result.token)
        return c.redirect(returnPath(returnTo, deps.baseUrl), 303)
      }),
  )
}
