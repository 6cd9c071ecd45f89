import type { Cookies } from '../http/cookies.ts'
import type { AnyContext } from '../http/env.ts'
import type { FlashWord } from '../http/flashes.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Vault } from '../lib/vault.ts'
import type { SignedInContext } from '../pages/guards.ts'
import { type Enrolment, type EnrolmentMode, readEnrolment, writeEnrolment } from './enrolment.ts'

/** Where an enrolment lives between its steps: with the browser, behind the guard `signedIn`. */
export const enrolmentCookie = (
  { cookies, vault, now }: { cookies: Cookies; vault: Vault; now(): Date },
  mode: EnrolmentMode,
  /** Where the flow begins and ends. */
  home: string,
) => ({
  async read<Visitor extends SignedIn>(c: SignedInContext<Visitor>): Promise<Enrolment | undefined> {
    const text = await cookies.enrolment.read(c)
    return text === undefined ? undefined : readEnrolment(vault, text, c.var.visitor.session, mode, now())
  },

  write: (c: AnyContext, enrolment: Enrolment): Promise<void> =>
    cookies.enrolment.write(c, writeEnrolment(vault, enrolment)),

  /** Back to where the flow began, under the session's new token where there is one. */
  finish(c: AnyContext, token: string | undefined, flash: FlashWord) {
    cookies.session.renew(c, token)
    cookies.enrolment.remove(c)
    cookies.flash.leave(c, flash)
    return c.redirect(home, 303)
  },

  startAgain(c: AnyContext, flash: FlashWord = 'enrolment_expired') {
    return this.finish(c, undefined, flash)
  },
})
