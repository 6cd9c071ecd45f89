import { z } from 'zod'

/** The most that is looked at of each part. What browsers send is far below. */
const ID = 1023 // bytes, WebAuthn section 5.1
const [CLIENT_DATA, ATTESTATION, SIGNATURE] = [2048, 8192, 1024]
export const AUTHENTICATOR_DATA_AT_MOST = 4096
const USER_HANDLE = 64 // WebAuthn section 5.4.3
/** Of the text of an answer: what a form sends at most. */
const TEXT = 32_768

const bytes = (atMost: number) =>
  z
    .string()
    .max(Math.ceil((atMost * 4) / 3))
    .regex(/^[\w-]*$/)

const Common = { id: bytes(ID).min(1), rawId: bytes(ID), type: z.literal('public-key') }

const Registration = z.object({
  ...Common,
  response: z.object({
    clientDataJSON: bytes(CLIENT_DATA),
    attestationObject: bytes(ATTESTATION),
    transports: z.array(z.string().max(32)).max(16).default([]),
  }),
})
const Assertion = z.object({
  ...Common,
  response: z.object({
    clientDataJSON: bytes(CLIENT_DATA),
    authenticatorData: bytes(AUTHENTICATOR_DATA_AT_MOST),
    signature: bytes(SIGNATURE),
    userHandle: bytes(USER_HANDLE).nullish(),
  }),
})

export type Registration = z.infer<typeof Registration>
export type Assertion = z.infer<typeof Assertion>

/** What a browser answers (`PublicKeyCredential.toJSON()`), as an object or as its text. Undefined where it is neither of the two. */
export function readCredential(
  sent: unknown,
): { registration: Registration; assertion?: never } | { assertion: Assertion; registration?: never } | undefined {
  const credential = typeof sent === 'string' ? parsed(sent) : sent
  const registration = Registration.safeParse(credential).data
  if (registration) return { registration }
  const assertion = Assertion.safeParse(credential).data
  return assertion && { assertion }
}

const ClientData = z.object({
  challenge: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
})

/** The challenge that was answered. Undefined where the page was inside another site's: the library looks at that in part. */
export function challengeAnswered({ clientDataJSON }: { clientDataJSON: string }): string | undefined {
  const { data } = ClientData.safeParse(parsed(Buffer.from(clientDataJSON, 'base64url').toString()))
  return data && !data.crossOrigin && data.topOrigin === undefined ? data.challenge : undefined
}

function parsed(text: string): unknown {
  try {
    return text.length <= TEXT ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
