import { z } from 'zod'
import { en } from '#views/words/en.ts'
import { changePassword } from '../../account/change-password.ts'
import { passwordField } from '../../http/fields.ts'
import { passwordRefused } from '../../http/messages.ts'
import { displayed } from '../../lib/codes.ts'
import { disable } from '../../two-factor/disable.ts'
import { enrolling } from '../../two-factor/enrol.ts'
import { kindOf } from '../../two-factor/factor.ts'
import { finishKeptEnrolment, keepNewEnrolment } from '../../two-factor/kept-enrolment.ts'
import { regenerateCodes, type ShownCodes, viewCodes } from '../../two-factor/recovery-codes.ts'
import { english } from '../english.ts'
import { signedIn } from './authentication.ts'
import { forSignedIn, forSignedInOrToken, type Method } from './method.ts'
import { code, requiredText, yesOrNo } from './parameters.ts'
import { codeFailure, confirmationRefused, wait } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const withPassword = z.object({ password: passwordField(english) })

/** `users/account`: the account, its password and its second factor. */
export const account: Record<string, Method> = {
  getuserinfo: forSignedInOrToken(
    z.object({}),
    async ({ visitor, id }) => {
      const isOn = visitor.account.secondFactorSince !== null
      return { ...signedIn(visitor, id), authConfig: { type: 'TOTP', isActive: isOn, isConfigured: isOn } }
    },
    { reads: true },
  ),

  /** Begins an enrolment. Where the second factor is on it says so, and there is no secret in the answer. */
  get2faconfig: forSignedIn(
    withPassword,
    async ({ deps, origin, visitor, parameters: { password } }) => {
      const result = await keepNewEnrolment(deps, visitor, password, origin)
      if (result.ok) {
        const { kind, expiresAt } = result.enrolment
        const device = await kindOf(deps, kind).enrolJson(enrolling(deps, result.enrolment, visitor))
        const { secret, uri: otpauth, qr_svg: qrCode } = device
        return { type: 'TOTP', isActive: false, isConfigured: false, secret, otpauth, qrCode, expiresAt }
      }
      if (result.reason !== 'is_on') throw confirmationRefused(result)
      return { type: 'TOTP', isActive: true, isConfigured: true, backupCodesLeft: visitor.account.recoveryCodesLeft }
    },
    { deed: 'set_up_if_off' },
  ),

  /** Takes a code of the secret that get2faconfig answered, and answers the recovery codes. */
  enable2fa: forSignedIn(
    z.object({ code: code(), password: passwordField(english) }),
    async ({ deps, origin, visitor, parameters }) => {
      const result = await finishKeptEnrolment(deps, visitor, parameters, origin)
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
    async ({ deps, origin, visitor, parameters }) => {
      const result = await disable(deps, visitor, parameters.password, origin)
      if (!result.ok) throw confirmationRefused(result)
      return {}
    },
    { deed: 'change_second_factor' },
  ),

  get2fabackupcodes: forSignedIn(
    withPassword,
    async ({ deps, origin, visitor, parameters }) => {
      const viewed = await viewCodes(deps, visitor, parameters.password, origin)
      if (!viewed.ok) throw confirmationRefused(viewed)
      return shown(viewed)
    },
    { deed: 'recovery_codes' },
  ),

  /** The whole set at once; the old codes no longer work. */
  regenerate2fabackupcodes: forSignedIn(
    withPassword,
    async ({ deps, origin, visitor, parameters }) => {
      const old = await viewCodes(deps, visitor, parameters.password, origin)
      if (!old.ok) throw confirmationRefused(old)
      const made = await regenerateCodes(deps, visitor, old.madeAt, origin)
      if (!made.ok) throw new Failure('changed_meanwhile')
      return { backupCodes: made.codes.map(displayed), usedBackupCodes: [] }
    },
    { deed: 'recovery_codes' },
  ),

  /** Other sessions end in any case, whatever `invalidateSessions` says. */
  changepassword: forSignedIn(
    z.object({ oldPassword: passwordField(english), newPassword: requiredText(65_536), invalidateSessions: yesOrNo() }),
    async ({ deps, origin, visitor, parameters }) => {
      const passwords = { current: parameters.oldPassword, new: parameters.newPassword }
      const result = await changePassword(deps, visitor, passwords, origin)
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

/** `backupCodes` are those that still work; of the used ones there is no more than their number and time. */
const shown = ({ codes }: ShownCodes): Answer => ({
  backupCodes: codes.flatMap(({ code }) => (code === null ? [] : [displayed(code)])),
  usedBackupCodes: codes.flatMap(({ usedAt }, index) => (usedAt ? [{ number: index + 1, usedAt }] : [])),
})
