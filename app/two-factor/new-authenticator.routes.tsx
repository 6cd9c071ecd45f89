import { Hono } from 'hono'
import { z } from 'zod'
import { EnrolPage } from '#views/two-factor/enrol-page.tsx'
import type { FormState, Said } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { enrolmentCookie } from '../http/enrolment-cookie.ts'
import type { AnyContext, SignedInEnv } from '../http/env.ts'
import { codeField } from '../http/fields.ts'
import { readForm } from '../http/forms.ts'
import type { GuardDeps } from '../http/guards.ts'
import { codeRefused, nameRefused, refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import type { Session } from '../sign-in/session.ts'
import type { startAddition } from './add.ts'
import { type NameRefused, readName } from './authenticators.ts'
import { type About, confirmRoutes, type Subject } from './confirm.routes.tsx'
import { type CodeRefused, type EnrolDeps, showEnrolment } from './enrol.ts'
import type { Enrolment, EnrolmentMode } from './enrolment.ts'

export type EnrolRoutesDeps = EnrolDeps & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string }

/** Which enrolment a page belongs to: another window may have begun a newer one. */
export const EnrolmentId = z.string().max(64).optional()

const CodeForm = z.object({ enrolment: EnrolmentId, code: codeField() })
const NamedCodeForm = CodeForm.extend({ name: z.string().optional() })
/** Cancel is a button of the forms on the way, whose fields come along and do not matter. */
const CancelForm = z.object({
  enrolment: EnrolmentId,
  code: z.string().optional(),
  saved: z.string().optional(),
  name: z.string().optional(),
})

type Cookie = ReturnType<typeof enrolmentCookie>
type Started = Awaited<ReturnType<typeof startAddition>>

/** What differs between set-up, addition and replacement. */
type Flow = {
  mode: EnrolmentMode
  /** The path of the page with the QR code; the password is asked for below it. */
  here: string
  /** Where the flow begins and ends. */
  home: string
  about?: About
  start: (c: AnyContext, session: Session, of: { password: string; about: Subject | undefined }) => Promise<Started>
  /** For the page: what to propose as a name, or whose place it takes. */
  name?: (c: AnyContext, enrolment: Enrolment) => string | undefined
  /** Takes the code and answers, or says how it was refused. */
  accept: (
    c: AnyContext,
    enrolment: Enrolment,
    typed: { code: string; name?: string | undefined },
    cookie: Cookie,
  ) => Promise<Response | CodeRefused | NameRefused>
}

/** What set-up, addition and replacement share: the password, then the page with the QR code that asks for the first code. */
export function newAuthenticator(deps: EnrolRoutesDeps, { mode, here, home, about, start, name, accept }: Flow) {
  const cookie = enrolmentCookie(deps, mode, home)
  const shape = mode === 'add' ? NamedCodeForm : CodeForm

  async function show(
    c: AnyContext,
    enrolment: Enrolment,
    form: FormState<'code' | 'name'>,
    status: 200 | 409 | 422 | 429 = 200,
  ) {
    const session: Session = c.var.session
    const shown = await showEnrolment(deps, enrolment, session)
    const named = name?.(c, enrolment)
    return deps.page(
      c,
      <EnrolPage viewer={session} mode={mode} enrolmentId={enrolment.id} {...shown} name={named} form={form} />,
      status,
    )
  }

  const confirmed = async (c: AnyContext, session: Session, password: string, subject: Subject | undefined) => {
    const result = await start(c, session, { password, about: subject })
    if (!result.ok && result.reason === 'too_many_authenticators') {
      deps.cookies.flash.leave(c, result.reason)
      return home
    }
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    await cookie.write(c, result.enrolment)
    return here
  }

  const routes = new Hono<SignedInEnv>()
    .route('/confirm', confirmRoutes(deps.page, mode, confirmed, about))
    .get('/', async (c) => {
      const enrolment = await cookie.read(c)
      return enrolment ? show(c, enrolment, {}) : c.redirect(`${here}/confirm`, 303)
    })
    .post('/', async (c) => {
      const form = await readForm(c, shape)
      const { enrolment: id, name: typedName } = form.values
      const values = typedName === undefined ? {} : { name: typedName }
      const enrolment = await cookie.read(c)
      if (!enrolment) return cookie.startAgain(c)
      if (id !== enrolment.id)
        return show(c, enrolment, refusedForm('', words.twoFactor.errors.otherWindow, values), 409)
      if (!form.ok) {
        const named = shape === NamedCodeForm ? readName(typedName ?? '') : undefined
        const errors = {
          ...(named?.ok === false && { name: nameRefused(named.refusal) }),
          code: form.errors.code ?? words.fields.code,
        }
        return show(c, enrolment, { values, errors }, 422)
      }
      const result = await accept(c, enrolment, { code: form.data.code, name: typedName }, cookie)
      if (result instanceof Response) return result
      const refused =
        result.reason === 'bad_name'
          ? refusedForm<'code' | 'name'>('name', nameRefused(result.refusal), values)
          : refusedForm<'code' | 'name'>('code', firstCodeRefused(result), values)
      return show(c, enrolment, refused, refusedStatus(c, result))
    })
    .post('/cancel', async (c) => {
      await readForm(c, CancelForm)
      deps.cookies.enrolment.remove(c)
      return c.redirect(home, 303)
    })
  return { cookie, show, routes }
}

/** At a new device a wrong code has mostly one of two reasons. */
function firstCodeRefused(refusal: CodeRefused): Said {
  switch (refusal.reason) {
    case 'wrong_code':
      return words.twoFactor.errors.wrongFirstCode
    case 'malformed':
      return words.twoFactor.errors.sixDigits
    default:
      return codeRefused(refusal)
  }
}
