import { z } from 'zod'
import { ConfirmPage } from '#views/two-factor/confirm-page.tsx'
import type { Flow } from '#views/two-factor/flows.ts'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import { passwordRefused } from '../http/password-refused.ts'
import type { ConfirmPasswordResult } from '../identity/fresh-password.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { SignedInContext, SignedInPages } from '../pages/guards.ts'

const PasswordForm = z.object({ password: passwordField() })

type Refused =
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | { ok: false; reason: 'changed' }
  | { ok: false; reason: 'required' }

/** What a flow is about, where it is about one of several authenticators. */
export type Subject = { id: string; name: string }

/** What it is about, by the id in the address or the form; where that names nothing, where to go instead. */
export type About<Visitor extends SignedIn> = (
  c: SignedInContext<Visitor>,
  id: string | undefined,
) => Subject | Response

/**
 * A flow that asks for the password first: the form as a page (GET) and its answer (POST), whether it came from that
 * page or from the pop-up. `confirmed` checks the password and, where it is right, answers with where to go on.
 */
export function confirmRoutes<Visitor extends SignedIn>(
  pages: SignedInPages<Visitor>,
  page: RenderPage,
  flow: Flow,
  confirmed: (
    c: SignedInContext<Visitor>,
    visitor: Visitor,
    password: string,
    subject: Subject | undefined,
  ) => Promise<Refused | string>,
  about?: About<Visitor>,
) {
  const shape = about ? PasswordForm.extend({ authenticator: z.string().max(64).optional() }) : PasswordForm
  const show = (
    c: SignedInContext<Visitor>,
    subject: Subject | undefined,
    form: FormState<'password'>,
    status: 200 | 422 | 429 = 200,
  ) => page(c, <ConfirmPage visitor={c.var.visitor} flow={flow} form={form} about={subject} />, status)

  pages
    .get('/', (c) => {
      const subject = about?.(c, c.req.query('authenticator'))
      return subject instanceof Response ? subject : show(c, subject, {})
    })
    .post('/', async (c) => {
      const form = await readForm(c, shape)
      const subject = about?.(c, form.values.authenticator)
      if (subject instanceof Response) return subject
      if (!form.ok) return show(c, subject, { errors: form.errors }, 422)
      const result = await confirmed(c, c.var.visitor, form.data.password, subject)
      if (typeof result === 'string') return c.redirect(result, 303)
      return show(c, subject, refused(result), refusedStatus(c, result))
    })
}

const refused = (result: Refused): FormState<'password'> =>
  result.reason === 'required' ? refusedForm('', words.messages.secondFactorRequired) : passwordRefused(result)
