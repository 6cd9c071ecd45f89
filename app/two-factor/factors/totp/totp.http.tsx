import { z } from 'zod'
import { TotpPage } from '#views/two-factor/factors/totp/totp-page.tsx'
import type { Callout, Said } from '#views/ui/types.ts'
import { waitInWords } from '#views/ui/wait.ts'
import { type Words, words } from '#views/words/words.ts'
import { readableEmail } from '../../../lib/email-address.ts'
import type { Enrolling } from '../../enrol.ts'
import type { FactorKind } from '../../factor.http.ts'
import type { Factor } from '../../factor.ts'
import { typedCode } from '../typed-code.http.ts'
import { STEP_SECONDS, type Totp, type TotpFinding, type TotpRefusal } from './totp.ts'

export function totpPages({ show }: Totp) {
  const shown = ({ begun, email }: Enrolling) => show(begun, readableEmail(email))
  return {
    ...typedCode,
    label: () => words.twoFactor.enrol.instead,
    device: { secret: z.string().openapi({ description: 'Base32.' }), uri: z.string(), qr_svg: z.string() },

    async enrolPage(frame, of) {
      return <TotpPage frame={frame} {...(await shown(of))} />
    },

    async enrolJson(of) {
      const { key, uri, qrSvg } = await shown(of)
      return { secret: key, uri, qr_svg: qrSvg }
    },

    said,
    /** At a new device a wrong code has mostly one of two reasons. */
    saidAtFirst(refusal: TotpRefusal | undefined) {
      const { sixDigits, wrongFirstCode } = words.twoFactor.errors
      if (!refusal) return sixDigits
      return refusal.reason === 'wrong_code' ? wrongFirstCode : said(refusal)
    },

    found,

    detail: ({ reason }: TotpRefusal) => DETAILS[reason],
  } satisfies Omit<FactorKind, keyof Factor>
}

/** Says which kind of wrong it was; for past codes only. */
function said(refusal: TotpRefusal, { messages: { code } }: Words = words): Said {
  switch (refusal.reason) {
    case 'wrong_code':
      return code.wrong_code
    case 'used_code':
      return usedCode(refusal.nextInSeconds, code)
    case 'old_code':
      return code.old_code(Math.max(1, Math.round(refusal.secondsAgo / 60)))
  }
}

/** Says how far the device's clock is off, as far as its code tells. */
function found(finding: TotpFinding, device?: string): Callout {
  const said = words.checkUp.test
  switch (finding.reason) {
    case 'right_code': {
      const clock = [said.aStepBehind, said.onTime, said.aStepAhead][finding.stepsOff + 1]
      const text = [device && said.from(device), clock].filter(Boolean).join(' ')
      return { tone: finding.stepsOff > 0 ? 'warn' : 'good', title: said.works, text }
    }
    case 'old_code': {
      const steps = -finding.stepsOff
      const { title, text } = said.stepsBehind
      return { tone: 'warn', title, text: text(steps, waitInWords(steps * STEP_SECONDS)) }
    }
    case 'used_code': {
      const { title, text, next } = said.used
      const { nextInSeconds } = finding
      const isSoon = nextInSeconds > 0 && nextInSeconds <= SOON
      return { tone: 'warn', title, text: isSoon ? next(waitInWords(nextInSeconds)) : text }
    }
    case 'wrong_code':
      return { tone: 'bad', text: said.wrong }
  }
}

const DETAILS = {
  wrong_code: 'That code is not right.',
  used_code: 'That code has been used, or a newer one has.',
  old_code: 'That code is from some time ago; check the clock of the authenticator.',
}

const SOON = 90 // seconds; further ahead the server's clock must have gone back, and waiting is no advice

function usedCode(nextInSeconds: number, code: Words['messages']['code']): Said {
  if (nextInSeconds <= 0) return code.used_code
  return nextInSeconds <= SOON ? { ...code.used_code_wait, seconds: nextInSeconds } : code.used_code_long
}
