import { z } from 'zod'
import type { FactorKind } from '#app/two-factor/factor.http.ts'
import type { ActiveFactor, Factor } from '#app/two-factor/factor.ts'
import { challengeIn, type SigningKeyRefusal } from './signing-key.ts'
import { SigningKeyForm, SigningKeyPage } from './signing-key-pages.tsx'

const MISSING = 'Touch the device.'
const field = () => z.string(MISSING).min(1, MISSING)
const keysOf = (factors: ActiveFactor[]) => factors.map(({ secret }) => Buffer.from(secret).toString('base64url'))

const SAID: Record<SigningKeyRefusal['reason'], string> = {
  wrong_signature: 'That signature is not right.',
  unknown_key: 'That key is none of this account.',
  count_fell: 'That key has signed in elsewhere since. Is there a copy of it?',
}
const said = ({ reason }: SigningKeyRefusal) => SAID[reason]

export const signingKeyPages = {
  label: () => 'Use a signing key instead',
  form: { public_key: field(), signature: field(), count: field() },
  json: { public_key: z.string(), signature: z.string(), count: z.number() },
  device: { challenge: z.string() },
  enrolPage: (frame, { begun }) => <SigningKeyPage frame={frame} challenge={challengeIn(begun)} />,
  enrolJson: async ({ begun }) => ({ challenge: challengeIn(begun) }),
  secondStepPart: (frame, { challenge, factors }) => (
    <SigningKeyForm frame={frame} challenge={challenge} keys={keysOf(factors)} />
  ),
  secondStepJson: ({ challenge, factors }) => ({ challenge, keys: keysOf(factors) }),
  said,
  saidAtFirst: (refusal: SigningKeyRefusal | undefined) => (refusal ? said(refusal) : MISSING),
  detail: said,
} satisfies Omit<FactorKind, keyof Factor>
