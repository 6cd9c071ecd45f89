import { z } from 'zod'
import { en } from '#views/words/en.ts'
import { changePassword } from '../../account/change-password.ts'
import { passwordField } from '../../http/fields.ts'
import { passwordRefused } from '../../http/messages.ts'
import type { Session } from '../../identity/session.ts'
import { displayed } from '../../lib/codes.ts'
import { disable } from '../../two-factor/disable.ts'
import { enrolling } from '../../two-factor/enrol.ts'
import { kindOf } from '../../two-factor/factor.ts'
import { finishKeptEnrolment, keepNewEnrolment } from '../../two-factor/kept-enrolment.ts'
import { confirmView, regenerateCodes, viewCodes } from '../../two-factor/recovery-codes.ts'
import { english } from '../english.ts'
import { signedIn } from './authentication.ts'
import { forSignedIn, forSignedInOrToken, type Method, type MethodDeps } from './method.ts'
import { code, requiredText, yesOrNo } from './parameters.ts'
import { codeFailure, confirmationRefused, wait } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const withPassword = z.object({ password: passwordField(english) })

/** `users/account`: the account, its password and its second factor. */
export const account: Record<string, Method> = {
  getuserinfo: forSignedInOrToken(
    z.object({}),
    async ({ caller, id }) => {
      const isOn = caller.kind === 'session' ? caller.session.secondFactorSince !== null : caller.holder.hasSecondFactor
      return { ...signedIn(caller, id), authConfig: { type: 'TOTP', isActive: isOn, isConfigured: isOn } }
    },
    { reads: true },
  ),

  /** Begins an enrolment. Where the second factor is on it says so, and there is no secret in the answer. */
  get2faconfig: forSignedIn(
    withPassword,
    async ({ deps, origin, session, parameters: { password } }) => {
      const result = await keepNewEnrolment(deps, session, password, origin)
      if (result.ok) {
        const { kind, expiresAt } = result.enrolment
        const device = await kindOf(deps, kind).enrolJson(enrolling(deps, result.enrolment, session))
        const { secret, uri: otpauth, qr_svg: qrCode } = device
        return { type: 'TOTP', isActive: false, isConfigured: false, secret, otpauth, qrCode, expiresAt }
      }
      if (result.reason !== 'is_on') throw confirmationRefused(result)
      return { type: 'TOTP', isActive: true, isConfigured: true, backupCodesLeft: session.recoveryCodesLeft }
    },
    { deed: 'set_up_if_off' },
  ),

  /** Takes a code of the secret that get2faconfig answered, and answers the recovery codes. */
  enable2fa: forSignedIn(
    z.object({ code: code(), password: passwordField(english) }),
    async ({ deps, origin, session, parameters }) => {
      const result = await finishKeptEnrolment(deps, session, parameters, origin)
      if (result.ok) return { backupCodes: result.codes.map(displayed) }
      switch (result.reason) {
        case 'nothing_kept':
          throw new Failure('no_enrolment')
        case 'wrong_password':
        case 'changed':
        case 'wait':
          throw confirmationRefused(result)
        default:
          throw codeFailure(deps, result)
      }
    },
    { deed: 'set_up' },
  ),

  disable2fa: forSignedIn(
    withPassword,
    async ({ deps, origin, session, parameters }) => {
      const result = await disable(deps, session, parameters.password, origin)
      if (!result.ok) throw confirmationRefused(result)
      return {}
    },
    { deed: 'change_second_factor' },
  ),

  get2fabackupcodes: forSignedIn(
    withPassword,
    async ({ deps, origin, session, parameters }) => {
      const confirmed = await confirmView(deps, session, parameters.password, origin)
      if (!confirmed.ok) throw confirmationRefused(confirmed)
      return shown(await codesOf(deps, session))
    },
    { deed: 'recovery_codes' },
  ),

  /** The whole set at once; the old codes no longer work. */
  regenerate2fabackupcodes: forSignedIn(
    withPassword,
    async ({ deps, origin, session, parameters }) => {
      const confirmed = await confirmView(deps, session, parameters.password, origin)
      if (!confirmed.ok) throw confirmationRefused(confirmed)
      const { madeAt } = await codesOf(deps, session)
      const regenerated = await regenerateCodes(deps, session, madeAt, origin)
      if (!regenerated.ok) throw new Failure('changed_meanwhile')
      return shown(await codesOf(deps, session))
    },
    { deed: 'recovery_codes' },
  ),

  /** Other sessions end in any case, whatever `invalidateSessions` says. */
  changepassword: forSignedIn(
    z.object({ oldPassword: passwordField(english), newPassword: requiredText(65_536), invalidateSessions: yesOrNo() }),
    async ({ deps, origin, session, parameters }) => {
      const passwords = { current: parameters.oldPassword, new: parameters.newPassword }
      const result = await changePassword(deps, session, passwords, origin)
      if (result.ok) return {}
      switch (result.reason) {
        case 'weak_password':
          throw new Failure('weak_password', passwordRefused(result.refusal, deps.passwordRules.minLength, en))
        case 'same_password':
          throw new Failure('weak_password', 'That is the password the account has already.')
        case 'wait':
          throw wait(result)
        default:
          throw confirmationRefused({ ok: false, reason: result.reason })
      }
    },
  ),
}

async function codesOf(deps: MethodDeps, session: Session) {
  const codes = await viewCodes(deps, session)
  if (!codes) throw new Failure('second_factor_off') // since this call began
  return codes
}

/** `backupCodes` are those that still work; of the used ones there is no more than their number and time. */
const shown = ({ codes }: Awaited<ReturnType<typeof codesOf>>): Answer => ({
  backupCodes: codes.flatMap(({ code }) => (code === null ? [] : [displayed(code)])),
  usedBackupCodes: codes.flatMap(({ usedAt }, index) => (usedAt ? [{ number: index + 1, usedAt }] : [])),
})
