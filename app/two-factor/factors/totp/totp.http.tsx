import { z } from 'zod'
import { TotpPage } from '#views/two-factor/factors/totp/totp-page.tsx'
import { inWords } from '#views/ui/words.ts'
import { readableEmail } from '../../../lib/email-address.ts'
import type { Enrolling } from '../../enrol.ts'
import type { FactorKind } from '../../factor.http.ts'
import type { Factor } from '../../factor.ts'
import { typedCode } from '../typed-code.http.ts'
import type { Totp, TotpRefusal } from './totp.ts'

export function totpPages({ show }: Totp) {
  const shown = ({ begun, email }: Enrolling) => show(begun, readableEmail(email))
  return {
    ...typedCode,
    label: 'Use an authenticator app instead',
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
      if (!refusal) return 'Enter the six digits your authenticator shows.'
      return refusal.reason === 'wrong_code'
        ? 'That code is not right. Check that it is from the entry you have just added, and that the clock on your phone is right.'
        : said(refusal)
    },

    detail: ({ reason }: TotpRefusal) => DETAILS[reason],
  } satisfies Omit<FactorKind, keyof Factor>
}

/** Says which kind of wrong it was; for past codes only. */
function said(refusal: TotpRefusal): string {
  switch (refusal.reason) {
    case 'wrong_code':
      return 'That code is not right.'
    case 'used_code':
      return `That code has already been used. ${nextCode(refusal.nextInSeconds)}`
    case 'old_code':
      return `That code is from ${ago(refusal.secondsAgo)} ago; check the clock on your phone.`
  }
}

const DETAILS = {
  wrong_code: 'That code is not right.',
  used_code: 'That code has been used, or a newer one has.',
  old_code: 'That code is from some time ago; check the clock of the authenticator.',
}

const SOON = 90 // seconds; further ahead the server's clock must have gone back, and waiting is no advice

function nextCode(seconds: number) {
  if (seconds <= 0) return 'Enter the one your authenticator shows now.'
  return seconds <= SOON ? `The next one comes in ${inWords(seconds)}.` : 'Use a recovery code.'
}

function ago(seconds: number) {
  const minutes = Math.max(1, Math.round(seconds / 60))
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}
