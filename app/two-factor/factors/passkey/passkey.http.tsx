import { z } from '@hono/zod-openapi'
import { PasskeyAlone } from '#views/two-factor/factors/passkey/passkey-alone.tsx'
import { PasskeyForm } from '#views/two-factor/factors/passkey/passkey-form.tsx'
import { PasskeyPage } from '#views/two-factor/factors/passkey/passkey-page.tsx'
import { AccountPasskeys } from '#views/two-factor/factors/passkey/told-devices.tsx'
import { type Words, words } from '#views/words/words.ts'
import { readableEmail } from '../../../lib/email-address.ts'
import type { Enrolling } from '../../enrol.ts'
import type { FactorKind } from '../../factor.http.ts'
import type { Factor } from '../../factor.ts'
import type { PasskeyKind, PasskeyRefusal } from './passkey.ts'

export function passkeyPages({ rpId, askToRegister, askFor, askAlone }: PasskeyKind) {
  const asked = async ({ begun, email, displayName, others, userHandle }: Enrolling) =>
    askToRegister({
      begun,
      displayName,
      email: readableEmail(email),
      others: await others(),
      userHandle: await userHandle(),
    })
  return {
    form: { passkey: z.string().default('') }, // empty where the script had no answer
    json: { passkey: z.record(z.string(), z.unknown()).openapi({ description: PASSKEY_SENT }) },
    label: () => words.passkeys.instead,
    needsScript: true,
    device: { options: z.record(z.string(), z.unknown()).openapi({ description: OPTIONS_ASKED }) },

    async enrolPage(frame, of) {
      return <PasskeyPage frame={frame} options={await asked(of)} />
    },
    enrolJson: async (of) => ({ options: await asked(of) }),

    listPart: ({ email, ...of }) => <AccountPasskeys rpId={rpId} email={readableEmail(email)} {...of} />,

    secondStepPart: (frame, { challenge, factors, hasTyped }) => (
      <PasskeyForm frame={frame} options={askFor(challenge, factors)} hasTyped={hasTyped} />
    ),
    secondStepJson: ({ challenge, factors }) => ({ options: askFor(challenge, factors) }),
    alonePart: (frame, { challenge, unknown }) => (
      <PasskeyAlone frame={frame} options={askAlone(challenge)} unknown={unknown} />
    ),
    aloneJson: ({ challenge }) => ({ options: askAlone(challenge) }),

    said,
    saidAtFirst: (refusal: PasskeyRefusal | undefined) =>
      refusal ? said(refusal) : words.passkeys.refused.passkey_refused,
    detail: ({ reason }: PasskeyRefusal) => DETAILS[reason],
  } satisfies Omit<FactorKind, keyof Factor>
}

const PASSKEY_SENT = 'What `PublicKeyCredential.toJSON()` gives (W3C Web Authentication, Level 3, section 5.1).'
const OPTIONS_ASKED =
  'For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` (section 5.1).'

const said = ({ reason }: PasskeyRefusal, { passkeys }: Words = words) => passkeys.refused[reason]

const DETAILS: Record<PasskeyRefusal['reason'], string> = {
  passkey_refused: 'That answer of a passkey is not right.',
  passkey_unknown: 'That passkey is none of this account.',
  passkey_expired: 'That answers another challenge, or one that has ended. Ask for a new one.',
  passkey_in_use: 'That passkey is in use already.',
  passkey_too_large: 'The id and key of that passkey are too large to keep.',
}
