import { Hono } from 'hono'
import { z } from 'zod'
import { ConfirmPage } from '#views/two-factor/confirm-page.tsx'
import type { Flow } from '#views/two-factor/flows.ts'
import type { ConfirmPasswordResult } from '../account/confirm-password.ts'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { passwordField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import {
  CHANGED_MEANWHILE,
  EMAIL_UNCONFIRMED,
  refusedForm,
  refusedStatus,
  tooManyAttempts,
  WRONG_PASSWORD,
} from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import type { Session } from '../sign-in/session.ts'

const PasswordForm = z.object({ password: passwordField() })

type Refused = Exclude<ConfirmPasswordResult, { ok: true }> | { ok: false; reason: 'changed' | 'email_unconfirmed' }

/**
 * A flow that asks for the password first: the form as a page (GET) and its answer (POST), whether it came from that
 * page or from the pop-up. `confirmed` checks the password and, where it is right, answers with where to go on.
 */
export function confirmRoutes(
  page: RenderPage,
  flow: Flow,
  confirmed: (c: AnyContext, session: Session, password: string) => Promise<Refused | string>,
) {
  return new Hono<SignedInEnv>()
    .get('/', (c) => page(c, <ConfirmPage viewer={c.var.session} flow={flow} form={{}} />))
    .post('/', async (c) => {
      const { session } = c.var
      const form = await readForm(c, PasswordForm)
      if (!form.ok) return page(c, <ConfirmPage viewer={session} flow={flow} form={{ errors: form.errors }} />, 422)
      const result = await confirmed(c, session, form.data.password)
      if (typeof result === 'string') return c.redirect(result, 303)
      return page(c, <ConfirmPage viewer={session} flow={flow} form={refused(result)} />, refusedStatus(c, result))
    })
}

function refused(result: Refused) {
  switch (result.reason) {
    case 'wait':
      return refusedForm<'password'>('', tooManyAttempts(result.seconds), result)
    case 'changed':
      return refusedForm<'password'>('', CHANGED_MEANWHILE)
    case 'email_unconfirmed':
      return refusedForm<'password'>('', EMAIL_UNCONFIRMED)
    case 'wrong_password':
      return refusedForm<'password'>('password', WRONG_PASSWORD)
  }
}
