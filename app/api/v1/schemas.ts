import { z } from '@hono/zod-openapi'
import { ALL_SCOPES, APP_SCOPE } from '../../access-tokens/scopes.ts'
import { descriptionField, passwordField, signInNameField } from '../../http/fields.ts'
import { type KindsDeps, shapeOfAll } from '../../two-factor/factor.http.ts'
import { english } from '../english.ts'

// Every object that `/api/v1/` takes or gives. The same schemas check what comes in and make the document.

const SignInName = signInNameField(english).openapi({
  type: 'string',
  description: 'The email address, or the username.',
  example: 'ada@example.com',
})
export const Password = passwordField(english).openapi({
  type: 'string',
  format: 'password',
  example: 'violet kettle marches north',
})
export const Time = z.string().openapi({ format: 'date-time', example: '2026-11-24T13:40:00.000Z' })
export const Id = z.string().max(64).openapi({ example: 'pX3n0aV5yQfK2b1C' })
const Method = z.enum([
  'password',
  'authenticator',
  'passkey',
  'recovery_code',
  'trusted_browser',
  'rescue_code',
  'delayed_recovery',
])

export const Problem = z
  .object({
    type: z.string().openapi({ example: '/api/docs#problem-code_refused' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    reason: z.string().optional(),
    attempts_left: z.number().int().optional(),
    retry_after: z.number().optional().openapi({ description: 'Seconds.' }),
    next: z.string().optional().openapi({ description: 'The call to make first.' }),
    fields: z.record(z.string(), z.string()).optional().openapi({ description: 'What is wrong, by field.' }),
  })
  .openapi('Problem', { description: 'RFC 9457.' })

export const Credentials = z.strictObject({ email: SignInName, password: Password }).openapi('Credentials')
export const PasswordBody = z.strictObject({ password: Password }).openapi('PasswordConfirmation')
export const Signed = z
  .object({
    session: z.string().openapi({ example: '4d2fx0c9e…', description: 'Send it as Authorization: Bearer.' }),
    expires_at: Time,
  })
  .openapi('SignedIn')

const AskedByKind = z.record(z.string(), z.record(z.string(), z.unknown())).openapi({
  description: 'By kind, what a factor that answers no code is asked. Of `passkey`, `options`.',
})
/** Each kind has a shape of its own. */
const ASKED: z.ZodRawShape = { factors: AskedByKind }
export const Asked = z.object(ASKED).openapi('FreshProofChallenge')

/** A challenge of the second step and an answer to it, of whatever kinds there are. */
export function answering(deps: KindsDeps) {
  const Challenged = z
    .object({
      challenge: z.object({
        id: z.string(),
        methods: z.array(z.enum(['authenticator', 'passkey', 'recovery_code'])),
        ...(deps.factorKinds.some(({ isChallenged }) => isChallenged) && { factors: AskedByKind.optional() }),
        expires_at: Time,
        attempts_left: z.number().int(),
      }),
    })
    .openapi('Challenge')
  const Verification = z.strictObject({ challenge: z.string().max(128), ...answerShape(deps) }).openapi('Verification')
  return { Challenged, Verification }
}

/** The same where nobody's password comes first, of the kinds that are enough alone. */
export function alone({ factorKinds }: Pick<KindsDeps, 'factorKinds'>) {
  const kinds = factorKinds.filter(({ readAlone }) => readAlone)
  const Asked = z
    .object({ challenge: z.object({ id: z.string(), ...ASKED, expires_at: Time }) })
    .openapi('PasskeyChallenge')
  const Answer = z
    .strictObject({ challenge: z.string().max(128), ...shapeOfAll(kinds.map(({ json }) => json)) })
    .openapi('PasskeyAnswer')
  return { Asked, Answer }
}

const answerShape = ({ factorKinds, recoveryCodeAnswers }: KindsDeps) =>
  shapeOfAll([...factorKinds, recoveryCodeAnswers].map(({ json }) => json))

export const answerBody = (deps: KindsDeps) => z.strictObject(answerShape(deps)).openapi('FreshProof')

export const Session = z
  .object({
    id: Id,
    client: z.enum(['browser', 'api']),
    method: Method,
    browser: z.string(),
    address: z.string(),
    started_at: Time,
    last_seen_at: Time,
    expires_at: Time,
    current: z.boolean(),
  })
  .openapi('Session')
export const Sessions = z.object({ sessions: z.array(Session) }).openapi('Sessions')
export const SessionPath = z.object({ id: Id.openapi({ param: { name: 'id', in: 'path' } }) })

export const Account = z
  .object({
    id: z.number().int(),
    email: z.string().openapi({ description: 'As it is stored: in lower case, its domain in ASCII.' }),
    two_factor: z.boolean(),
    password_changed_at: Time.optional(),
  })
  .openapi('Account')

export const Event = z
  .object({
    id: Id,
    kind: z.string(),
    method: Method.optional(),
    by: z.literal('operator').optional().openapi({ description: 'Who did it, unless it was the owner.' }),
    reason: z.string().optional().openapi({ description: "The operator's." }),
    at: Time,
    address: z.string(),
    browser: z.string(),
  })
  .openapi('Event')
export const Events = z.object({ events: z.array(Event), next: z.string().optional() }).openapi('Events')
export const EventsQuery = z.strictObject({
  before: z.string().max(64).optional().openapi({ description: 'The `next` of the page before.' }),
})

const SCOPES_AT_MOST = 100
const Scope = z.union([
  z.enum(ALL_SCOPES as [string, ...string[]]),
  z
    .string()
    .regex(APP_SCOPE)
    .openapi({ description: '`app:NAME` opens an app behind the gate that takes access tokens.' }),
])
const Description = descriptionField(english)
const ExpiresAt = z.iso.datetime({ offset: true }).nullable().openapi({
  description: 'At most 366 days ahead; null is never, where the operator allows it. 90 days from now where left out.',
})
export const NewToken = z
  .strictObject({
    password: Password,
    description: Description,
    scopes: z.array(Scope).min(1).max(SCOPES_AT_MOST),
    expires_at: ExpiresAt.optional(),
  })
  .openapi('NewToken')
export const TokenEdit = z
  .strictObject({
    password: Password,
    description: Description.optional(),
    scopes: z.array(Scope).min(1).max(SCOPES_AT_MOST).optional(),
    expires_at: ExpiresAt.optional(),
  })
  .openapi('TokenEdit')
export const TokenRegeneration = z
  .strictObject({
    password: Password,
    expires_at: ExpiresAt.optional(),
    overlap: z.boolean().default(false).openapi({ description: 'The old value goes on for 24 hours.' }),
  })
  .openapi('TokenRegeneration')
export const Token = z
  .object({
    id: Id,
    hint: z.string(),
    description: z.string(),
    scopes: z.array(Scope),
    created_at: Time,
    expires_at: Time.nullable(),
    last_used_at: Time.nullable(),
    last_address: z.string().nullable(),
    last_browser: z.string().nullable(),
  })
  .openapi('AccessToken')
export const TokenValue = z
  .object({ value: z.string().openapi({ description: 'Shown this once.' }), token: Token })
  .openapi('AccessTokenValue')
export const Tokens = z.object({ tokens: z.array(Token) }).openapi('AccessTokens')
export const TokenPath = z.object({ id: Id.openapi({ param: { name: 'id', in: 'path' } }) })

export const Authenticator = z
  .object({ name: z.string(), added_at: Time, last_used_at: Time.nullable() })
  .openapi('Authenticator')
export const TwoFactor = z
  .object({
    on: z.boolean(),
    since: Time.nullable(),
    recovery_codes_left: z.number().int().nullable(),
    authenticators: z.array(Authenticator).openapi({ description: 'The oldest first.' }),
  })
  .openapi('TwoFactor')
/** What goes to and fro while a device is enrolled, of whatever kinds there are. */
export function enrolmentBodies({ factorKinds: kinds }: KindsDeps) {
  const kind = z
    .enum(kinds.map(({ kind }) => kind))
    .optional()
    .openapi({ description: `${kinds[0].kind} where left out.` })
  const enrolment = z
    .object({
      enrolment: z.string().openapi({ description: 'Sealed and signed; send it back with the code.' }),
      ...shapeOfAll(kinds.map(({ device }) => device)),
      expires_at: Time,
    })
    .openapi('Enrolment')
  const confirmation = z
    .strictObject({ enrolment: z.string().max(4096), ...shapeOfAll(kinds.map(({ json }) => json)) })
    .openapi('EnrolmentConfirmation')
  const chosen = z.strictObject({ password: Password, kind }).openapi('EnrolmentBeginning')
  const beginning: z.ZodType<{ password: string; kind?: string | undefined }> = kinds.length > 1 ? chosen : PasswordBody
  return { beginning, enrolment, confirmation }
}

export const NewRecoveryCodes = z.object({ recovery_codes: z.array(z.string()) }).openapi('NewRecoveryCodes')
export const RecoveryCodes = z
  .object({ recovery_codes: z.array(z.object({ code: z.string().nullable(), used_at: Time.nullable() })) })
  .openapi('RecoveryCodes')
