import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { en } from '#views/words/en.ts'
import type { ApiScope } from '../../access-tokens/scopes.ts'
import { failureText } from '../../http/failure-text.ts'
import { Refusal } from '../../http/refusals.ts'
import type { Hindrance } from '../../identity/standing.ts'
import { databaseFailure } from '../../lib/database-failures.ts'
import { HashQueueFull } from '../../lib/passwords.ts'

/** Every kind of problem that `/api/v1/` answers with (RFC 9457). The name is the stable end of its `type`. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request could not be understood.' },
  invalid_fields: { status: 422, title: 'Fields are missing or wrong.' },
  invalid_token: { status: 401, title: 'A valid session or access token is needed.' },
  insufficient_scope: { status: 403, title: 'The access token is not allowed to do this.' },
  wrong_credentials: { status: 401, title: 'Email and password do not belong together.' },
  suspended: { status: 403, title: 'The account is suspended.' },
  account_ended: { status: 403, title: 'The account has ended.' },
  wrong_password: { status: 422, title: 'That is not the password of this account.' },
  code_refused: { status: 422, title: 'The code was not accepted.' },
  too_many_attempts: { status: 429, title: 'Too many attempts.' },
  weak_password: { status: 422, title: 'The password is not good enough.' },
  email_unconfirmed: { status: 409, title: 'The email address of the account is not confirmed.' },
  second_factor_is_on: { status: 409, title: 'The account has a second factor already.' },
  second_factor_is_off: { status: 409, title: 'The account has no second factor.' },
  second_factor_stale: { status: 403, title: 'The second factor was not shown lately.' },
  second_factor_required: { status: 403, title: 'The account needs a second factor.' },
  resistance_required: { status: 403, title: 'The account needs a passkey.' },
  resistance_unproven: { status: 403, title: 'The session has shown no passkey.' },
  recovery_waits: { status: 403, title: 'Someone says they lost everything that opens the account.' },
  recovery_codes_owed: { status: 409, title: 'The account has no recovery codes left.' },
  enrolment_expired: { status: 422, title: 'The enrolment is over or was changed.' },
  changed_meanwhile: { status: 409, title: 'The account was changed meanwhile.' },
  too_many_tokens: { status: 409, title: 'The account has as many access tokens as it can have.' },
  sign_ups_closed: { status: 409, title: 'This site makes no new accounts.' },
  not_found: { status: 404, title: 'There is no such thing.' },
  method_not_allowed: { status: 405, title: 'This address does not take that method.' },
  too_large: { status: 413, title: 'The body is too large.' },
  unsupported_media_type: { status: 415, title: 'The body has to be JSON.' },
  misdirected: { status: 421, title: 'This server answers at one address only.' },
  forbidden: { status: 403, title: 'Requests from other sites are not accepted.' },
  busy: { status: 503, title: 'Too busy at this moment.' },
  unavailable: { status: 503, title: 'The data is out of reach at this moment.' },
  internal: { status: 500, title: 'The fault is on our side.' },
} as const

export type ProblemName = keyof typeof PROBLEMS

export const problemType = (name: ProblemName): string => `/api/docs#problem-${name}`

/** `more` are members of their own (RFC 9457 section 3.2), such as `reason`, `attempts_left`, `retry_after`. */
export class Problem extends Error {
  constructor(
    readonly problem: ProblemName,
    readonly detail: string,
    readonly more: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(problem)
  }
}

export const tooManyAttempts = (seconds: number): Problem =>
  new Problem(
    'too_many_attempts',
    `Try again in ${seconds} seconds.`,
    { retry_after: seconds },
    { 'Retry-After': String(seconds) },
  )

/** Why the password that goes with a change was not taken. */
export const passwordRefused = (result: { reason: 'wrong_password' } | { reason: 'wait'; seconds: number }): Problem =>
  result.reason === 'wait'
    ? tooManyAttempts(result.seconds)
    : new Problem('wrong_password', 'It counts with the guesses at sign-in.')

/** RFC 6750 section 3: what the challenge says. */
export function refuseVisitor(
  reason: 'no_token' | 'invalid_request' | 'invalid_token' | 'insufficient_scope' | Hindrance,
  scope?: ApiScope,
): Problem {
  switch (reason) {
    case 'no_token':
      return new Problem(
        'invalid_token',
        'Send Authorization: Bearer with a session or an access token.',
        {},
        challenge(),
      )
    case 'invalid_request':
      return new Problem(
        'invalid_request',
        'Send one Authorization header of the form: Bearer VALUE.',
        {},
        challenge('invalid_request'),
      )
    case 'invalid_token':
      return new Problem('invalid_token', 'It is unknown, has ended, or was mistyped.', {}, challenge('invalid_token'))
    case 'insufficient_scope':
      return new Problem(
        'insufficient_scope',
        scope ? `This needs the scope ${scope}.` : 'No access token can do this; sign in instead.',
        {},
        challenge('insufficient_scope', scope),
      )
    default:
      return new Problem(HINDRANCES[reason].problem, HINDRANCES[reason].detail, HINDRANCES[reason].more)
  }
}

const SET_UP = 'POST /api/v1/two-factor/enrolment'
const NEW_CODES = 'POST /api/v1/two-factor/recovery-codes/regenerate'
const ASKED = 'GET /api/v1/two-factor/fresh-proof'
const PROOF = 'POST /api/v1/two-factor/fresh-proof'

/** What a session is told that has to do something else first, or a token that is closed. */
export const HINDRANCES: Record<Hindrance, { problem: ProblemName; detail: string; more?: Record<string, unknown> }> = {
  make_recovery_codes: {
    problem: 'recovery_codes_owed',
    detail: `Make new ones first, with the password: ${NEW_CODES}. Until then a session can do that, look at the codes, and sign out.`,
    more: { next: NEW_CODES },
  },
  set_up_second_factor: { problem: 'second_factor_is_off', detail: 'Set it up first.' },
  change_second_factor: {
    problem: 'second_factor_is_on',
    detail: 'Turn it off first, or add or replace an authenticator on the pages.',
  },
  prove_second_factor: {
    problem: 'second_factor_stale',
    detail: `Send a code to ${PROOF} first. It counts for 10 minutes.`,
    more: { next: PROOF },
  },
  prove_resistant: {
    problem: 'resistance_unproven',
    detail: `Only a second factor that resists phishing is enough for this account: answer ${ASKED} with a passkey at ${PROOF}, or sign in with it.`,
    more: { next: ASKED },
  },
  not_theirs: { problem: 'not_found', detail: 'There is no such operation. All of them are at /api/docs.' },
  confirm_email: {
    problem: 'email_unconfirmed',
    detail: 'Follow the link in the mail to it, or have one sent on the pages.',
  },
  only_set_up: {
    problem: 'second_factor_required',
    detail: `Set it up first, with the password: ${SET_UP}. Until then a session can do that, look at sessions, and sign out; access tokens stop.`,
    more: { next: SET_UP },
  },
  only_add_resistant: {
    problem: 'resistance_required',
    detail:
      'Only a second factor that resists phishing is enough for this account: add a passkey on the pages. Until then a session can look at sessions, and sign out; access tokens stop.',
  },
  recovery_waits: {
    problem: 'recovery_waits',
    detail:
      'Access tokens are closed while somebody who says they lost everything waits to set up another second factor. The owner of the account can stop that, by mail or on any page.',
  },
}

const challenge = (error?: string, scope?: ApiScope) => ({
  'WWW-Authenticate': ['Bearer realm="Latchkey"', error && `error="${error}"`, scope && `scope="${scope}"`]
    .filter(Boolean)
    .join(', '),
})

/** Answers whatever was thrown on the way, in the API's own form. */
export function answerProblem(error: unknown, c: Context, report: (error: unknown) => void): Response {
  const { problem, detail, more, headers } = asProblem(error, c.req.method, report)
  const { status, title } = PROBLEMS[problem]
  return c.body(
    JSON.stringify({ type: problemType(problem), title, status, detail, ...more }),
    status as ContentfulStatusCode,
    { ...c.get('headers').all, ...headers, 'Content-Type': 'application/problem+json' },
  )
}

const OF_REFUSALS: Record<Refusal['status'], ProblemName> = {
  400: 'invalid_request',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
  421: 'misdirected',
}

function asProblem(error: unknown, method: string, report: (error: unknown) => void): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Refusal) return new Problem(OF_REFUSALS[error.status], en.refusals[error.reason].text)
  if (error instanceof HashQueueFull) {
    const { retryAfterSeconds: seconds } = error
    return tryLater('busy', seconds, `Nothing was changed. Try again in ${seconds} seconds.`)
  }
  // The routes' own look at the content type, where an empty body was let through to them.
  if (error instanceof HTTPException && error.status === 415)
    return new Problem('unsupported_media_type', en.refusals.not_json.text)
  report(error)
  const failure = databaseFailure(error)
  if (failure) return tryLater(failure.reason, failure.seconds, failureText(failure, method, en))
  return new Problem('internal', 'Nothing was left half done. Try again in a moment.')
}

const tryLater = (problem: 'busy' | 'unavailable', seconds: number, detail: string) =>
  new Problem(problem, detail, { retry_after: seconds }, { 'Retry-After': String(seconds) })
