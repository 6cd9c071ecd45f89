import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from '@oslojs/encoding'
import { z } from 'zod'
import type { Account, Session } from '../identity/visitor.ts'
import { newId } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import type { Factor, Proven } from './factor.ts'

/** `set-up` turns the second factor on; `add` adds an authenticator to it; `replace` puts a new one in an old one's place. */
export type EnrolmentMode = 'set-up' | 'add' | 'replace'

/** What is pending until Done. It lives with the person (a cookie), or sealed in a table of its own; never among the factors. */
export type Enrolment = {
  /** Becomes the factor's id. */
  id: string
  mode: EnrolmentMode
  kind: string
  /** The id of the factor whose place it takes; null in the other modes. */
  replaces: string | null
  sessionId: string
  /** The account as it was when this began; a later change ends it. */
  securityVersion: number
  /** What its kind began with: a secret for the device, or a challenge to it. */
  begun: Uint8Array
  /** What the device's first answer has proven; null until then. */
  proven: Proven | null
  /** Made once the first answer was right; they never change after that. */
  codes: string[]
  downloaded: boolean
  expiresAt: Date
}

/** Whom an enrolment belongs to. */
type Whose = { session: Pick<Session, 'id'>; account: Pick<Account, 'securityVersion'> }

const FIFTEEN_MINUTES = 15 * 60_000

const Open = z.strictObject({
  purpose: z.literal('enrolment'),
  version: z.literal(2),
  id: z.string(),
  mode: z.enum(['set-up', 'add', 'replace']),
  session: z.string(),
  step: z.union([z.literal(1), z.literal(2)]),
  expires: z.number(),
  downloaded: z.boolean(),
  sealed: z.string(),
})
const Sealed = z.strictObject({
  kind: z.string(),
  replaces: z.string().nullable().default(null),
  begun: z.string(),
  proven: z
    .object({
      secret: z.string(),
      counter: z.number(),
      credentialId: z.string().optional(),
      isBackedUp: z.boolean().optional(),
    })
    .nullable(),
  codes: z.array(z.string()),
  securityVersion: z.number(),
})

export const newEnrolment = (
  mode: EnrolmentMode,
  factor: Factor,
  { session, account }: Whose,
  now: Date,
  replaces: string | null = null,
): Enrolment => ({
  id: newId(),
  mode,
  kind: factor.kind,
  replaces,
  sessionId: session.id,
  securityVersion: account.securityVersion,
  begun: factor.begin(),
  proven: null,
  codes: [],
  downloaded: false,
  expiresAt: new Date(now.getTime() + FIFTEEN_MINUTES),
})

/** The same enrolment with a device of another kind. Its id is new, so that a page about the one before is known for what it is. */
export const begunAgain = (enrolment: Enrolment, factor: Factor): Enrolment => ({
  ...enrolment,
  id: newId(),
  kind: factor.kind,
  begun: factor.begin(),
  proven: null,
})

/** Step 1 asks for the first answer, step 2 shows the recovery codes. */
export const stepOf = ({ proven }: Enrolment): 1 | 2 => (proven ? 2 : 1)

/** The enrolment as text for the person to keep: secrets and codes sealed, the rest readable. What sets the cookie signs it. */
export function writeEnrolment(vault: Vault, enrolment: Enrolment): string {
  const { id, mode, sessionId, kind, replaces, codes, securityVersion, downloaded } = enrolment
  const begun = encodeBase64urlNoPadding(enrolment.begun)
  const proven = enrolment.proven && { ...enrolment.proven, secret: encodeBase64urlNoPadding(enrolment.proven.secret) }
  const sealed: z.infer<typeof Sealed> = { kind, replaces, begun, proven, codes, securityVersion }
  const open: z.infer<typeof Open> = {
    purpose: 'enrolment', // a signature covers the value, not the cookie's name
    version: 2,
    id,
    mode,
    session: sessionId,
    step: stepOf(enrolment),
    expires: enrolment.expiresAt.getTime(),
    downloaded,
    sealed: vault.seal('enrolment', place(sessionId, id), Buffer.from(JSON.stringify(sealed))),
  }
  return encodeBase64urlNoPadding(Buffer.from(JSON.stringify(open)))
}

/** Undefined when the text is not whole, not this session's, for another mode, or too old. */
export function readEnrolment(
  vault: Vault,
  text: string,
  session: Whose['session'],
  mode: EnrolmentMode,
  now: Date,
): Enrolment | undefined {
  const open = Open.safeParse(json(text)).data
  if (!open || open.session !== session.id || open.mode !== mode || now.getTime() >= open.expires) return undefined
  const opened = vault.open('enrolment', place(session.id, open.id), open.sealed)
  const sealed = opened && Sealed.safeParse(JSON.parse(Buffer.from(opened).toString())).data
  if (!sealed) return undefined
  return {
    id: open.id,
    mode,
    kind: sealed.kind,
    replaces: sealed.replaces,
    sessionId: session.id,
    securityVersion: sealed.securityVersion,
    begun: decodeBase64urlIgnorePadding(sealed.begun),
    proven: sealed.proven && { ...sealed.proven, secret: decodeBase64urlIgnorePadding(sealed.proven.secret) },
    codes: sealed.codes,
    downloaded: open.downloaded,
    expiresAt: new Date(open.expires),
  }
}

const place = (sessionId: string, id: string) => `${sessionId} ${id}`

/** What is sealed in an enrolment's text, where, and the same text with it sealed again. Undefined if it isn't whole. */
export function sealedIn(text: string) {
  const open = Open.safeParse(json(text)).data
  return (
    open && {
      sealed: open.sealed,
      place: place(open.session, open.id),
      with: (sealed: string) => encodeBase64urlNoPadding(Buffer.from(JSON.stringify({ ...open, sealed }))),
    }
  )
}

function json(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(decodeBase64urlIgnorePadding(text)).toString())
  } catch {
    return undefined
  }
}
