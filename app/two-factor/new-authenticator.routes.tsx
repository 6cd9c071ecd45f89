import { z } from 'zod'
import type { FormState } from '#views/ui/types.ts'
import { words } from '#views/words/words.ts'
import { errorsIn, readForm } from '../http/forms.ts'
import { refusedForm, refusedStatus } from '../http/messages.ts'
import type { RenderPage } from '../http/page.tsx'
import type { SignedIn } from '../identity/visitor.ts'
import type { GuardDeps, SignedInContext, SignedInPages } from '../pages/guards.ts'
import type { startAddition } from './add.ts'
import { type NameRefused, readName } from './authenticators.ts'
import { type About, confirmRoutes, type Subject } from './confirm.routes.tsx'
import { type AnswerRefused, chooseKind, type EnrolDeps, enrolling } from './enrol.ts'
import type { Enrolment, EnrolmentMode } from './enrolment.ts'
import { enrolmentCookie } from './enrolment-cookie.http.ts'
import { answerIn, answerShape, fieldOf, type KindsDeps, type WithPages } from './factor.http.ts'
import { type Fields, kindOf } from './factor.ts'
import { nameRefused } from './messages.http.ts'

export type EnrolRoutesDeps = WithPages<EnrolDeps> & GuardDeps & { page: RenderPage; issuer: string; baseUrl: string }

/** Which enrolment a page belongs to: another window may have begun a newer one. */
export const EnrolmentId = z.string().max(64).optional()

type Cookie = ReturnType<typeof enrolmentCookie>
type Started = Awaited<ReturnType<typeof startAddition>>

/** What differs between set-up, addition and replacement. */
type Flow<Visitor extends SignedIn> = {
  mode: EnrolmentMode
  /** The path of the page with the QR code; the password is asked for below it. */
  here: string
  /** Where the flow begins and ends. */
  home: string
  about?: About<Visitor>
  start: (
    c: SignedInContext<Visitor>,
    visitor: Visitor,
    of: { password: string; about: Subject | undefined },
  ) => Promise<Started>
  /** For the page: what to propose as a name, or whose place it takes. */
  name?: (c: SignedInContext<Visitor>, enrolment: Enrolment) => string | undefined
  /** Takes the device's answer and answers itself, or says how it was refused. */
  accept: (
    c: SignedInContext<Visitor>,
    enrolment: Enrolment,
    typed: { answer: Fields; name: string },
    cookie: Cookie,
  ) => Promise<Response | AnswerRefused | NameRefused>
}

/** What set-up, addition and replacement share: the password, then the page of the device's kind that asks for its first answer. */
export function newAuthenticator<Visitor extends SignedIn = SignedIn>(
  deps: EnrolRoutesDeps,
  { mode, here, home, about, start, name, accept }: Flow<Visitor>,
) {
  const cookie = enrolmentCookie(deps, mode, home)
  const answers = answerShape(deps.factorKinds)
  const Name = { name: z.string().optional() }
  const AnswerForm = z.object({ enrolment: EnrolmentId, ...answers, ...(mode === 'add' && Name) })
  const KindForm = z.object({ kind: z.enum(deps.factorKinds.map(({ kind }) => kind)) })
  /** Cancel was a button of the forms on the way, whose fields came along and do not matter. */
  const CancelForm = z.object({ enrolment: EnrolmentId, ...answers, ...Name, saved: z.string().optional() })

  async function show(
    c: SignedInContext<Visitor>,
    enrolment: Enrolment,
    form: FormState,
    status: 200 | 409 | 422 | 429 = 200,
  ) {
    const { visitor } = c.var
    const kind = kindOf(deps, enrolment.kind)
    const others = deps.factorKinds.filter((other) => other !== kind && mode !== 'replace')
    const otherKinds = others.map(({ kind, label, needsScript = false }) => ({ kind, label: label(), needsScript }))
    const frame = { visitor, mode, enrolmentId: enrolment.id, name: name?.(c, enrolment), form, otherKinds }
    return deps.page(c, await kind.enrolPage(frame, enrolling(deps, enrolment, visitor)), status)
  }

  const confirmed = async (
    c: SignedInContext<Visitor>,
    visitor: Visitor,
    password: string,
    subject: Subject | undefined,
  ) => {
    const result = await start(c, visitor, { password, about: subject })
    if (!result.ok && result.reason === 'too_many_authenticators') {
      deps.cookies.flash.leave(c, result.reason)
      return home
    }
    if (!result.ok) return result
    deps.cookies.session.renew(c, result.token)
    await cookie.write(c, result.enrolment)
    return here
  }

  function put(pages: SignedInPages<Visitor>) {
    confirmRoutes(pages.basePath('/confirm'), deps.page, mode, confirmed, about)
    pages
      .get('/', async (c) => {
        const enrolment = await cookie.read(c)
        return enrolment ? show(c, enrolment, {}) : c.redirect(`${here}/confirm`, 303)
      })
      .post('/', async (c) => {
        const form = await readForm(c, AnswerForm)
        const { enrolment: id, name: typedName } = form.values
        const values = typedName === undefined ? {} : { name: typedName }
        const enrolment = await cookie.read(c)
        if (!enrolment) return cookie.startAgain(c)
        if (id !== enrolment.id)
          return show(c, enrolment, refusedForm('', words.twoFactor.errors.otherWindow, values), 409)
        const kind = kindOf(deps, enrolment.kind)
        const { error } = z.object(kind.form).safeParse(form.values)
        if (error) {
          const named = mode === 'add' ? readName(typedName ?? '') : undefined
          const bad = named?.ok === false && { name: nameRefused(named.refusal) }
          return show(c, enrolment, { values, errors: { ...bad, ...errorsIn(error) } }, 422)
        }
        const answer = answerIn([kind], form.values) ?? {}
        const result = await accept(c, enrolment, { answer, name: typedName ?? '' }, cookie)
        if (result instanceof Response) return result
        const refused =
          result.reason === 'bad_name'
            ? refusedForm<string>('name', nameRefused(result.refusal), values)
            : firstRefused(deps, enrolment, result, values)
        return show(c, enrolment, refused, refusedStatus(c, result))
      })
      .post('/kind', async (c) => {
        const form = await readForm(c, KindForm)
        const enrolment = await cookie.read(c)
        if (!enrolment) return cookie.startAgain(c)
        if (form.ok && mode !== 'replace') await cookie.write(c, chooseKind(deps, enrolment, form.data.kind))
        return c.redirect(here, 303)
      })
      .post('/cancel', async (c) => {
        await readForm(c, CancelForm)
        deps.cookies.enrolment.remove(c)
        return c.redirect(home, 303)
      })
  }
  return { cookie, show, put }
}

/** The form again, with what its kind says of the device's first answer. */
export function firstRefused(
  deps: KindsDeps,
  { kind }: Enrolment,
  result: AnswerRefused,
  values: Record<string, string> = {},
): FormState {
  const speaker = kindOf(deps, kind)
  const said = speaker.saidAtFirst(result.reason === 'refused' ? result.refusal : undefined)
  return refusedForm<string>(fieldOf(speaker), said, values)
}
