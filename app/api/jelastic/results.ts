// Every number that `/1.0/` can answer, and what it means: the routes, the documentation and the tests read this table.

/** 0, 3, 5, 99, 701 and 8202 mean what they do in the Jelastic cloud; from 9001 on they are our own. */
export const RESULTS = {
  ok: { number: 0, meaning: 'Done.' },
  invalid_parameter: {
    number: 3,
    meaning: 'A parameter is missing or wrong: “invalid parameter [name]” and why.',
  },
  not_found: { number: 5, meaning: 'None of the ids that were given is one of the account.' },
  not_supported: {
    number: 99,
    meaning:
      'The request could not be understood, is not supported, or failed on our side; the error says which. Nothing was changed.',
  },
  authentication_failed: {
    number: 701,
    meaning:
      'Email and password do not belong together; or the session or access token is unknown, or has ended. Sign in again.',
  },
  not_allowed: {
    number: 8202,
    meaning: 'The access token is not allowed to call this method; some only a session can.',
  },
  second_factor_owed: {
    number: 9001,
    meaning:
      'The sign-in is not finished: call verify2facode with a code of an authenticator app, or a recovery code. Passkeys are taken by the pages and /api/v1 alone. The session opens nothing until then.',
  },
  wrong_code: {
    number: 9002,
    meaning:
      'The code is not right, or is a recovery code that was used. attemptsLeft: how many more this sign-in takes.',
  },
  used_code: {
    number: 9003,
    meaning:
      'The code was accepted before, here or on a page. retryAfter: seconds until the authenticator shows the next.',
  },
  old_code: { number: 9004, meaning: 'The code was right some time ago. The clock of the authenticator may be slow.' },
  no_attempts_left: { number: 9005, meaning: 'That was the last attempt of this sign-in. Call signin again.' },
  too_many_attempts: { number: 9006, meaning: 'Too many attempts. retryAfter: seconds until the next is looked at.' },
  authenticator_blocked: {
    number: 9007,
    meaning: 'Too many wrong codes in a row. Only a recovery code is looked at; it frees the authenticator as well.',
  },
  wrong_password: { number: 9008, meaning: 'That is not the password of this account. The session goes on.' },
  weak_password: { number: 9009, meaning: 'The new password is not good enough; the error says why.' },
  second_factor_on: { number: 9010, meaning: 'The account has a second factor already.' },
  second_factor_off: { number: 9011, meaning: 'The account has no second factor.' },
  no_enrolment: {
    number: 9012,
    meaning: 'No enrolment is pending for this session, or it is older than fifteen minutes. Call get2faconfig again.',
  },
  suspended: { number: 9013, meaning: 'The account is suspended. Told only to who knows its password.' },
  changed_meanwhile: {
    number: 9014,
    meaning: 'The account was changed by another request meanwhile; this one changed nothing. Look at it again.',
  },
  too_many_tokens: { number: 9015, meaning: 'The account has as many access tokens as it can have.' },
  busy: {
    number: 9016,
    meaning: 'Too busy at this moment. retryAfter: seconds until another try.',
  },
  email_unconfirmed: {
    number: 9017,
    meaning: 'The email address of the account is not confirmed. Follow the link in the mail to it first.',
  },
  unavailable: {
    number: 9018,
    meaning:
      'The data is out of reach at this moment. Nothing is half done, but it may have been done: look before trying again. retryAfter: seconds until then.',
  },
  recovery_codes_owed: {
    number: 9019,
    meaning:
      'The account has no recovery codes left. Call regenerate2fabackupcodes with the password first; until then a session can do that, look at the codes, and sign out.',
  },
  second_factor_required: {
    number: 9020,
    meaning:
      'The account needs a second factor. Call get2faconfig and enable2fa first; until then a session can do that, look at sessions, and sign out. Access tokens stop.',
  },
  account_ended: {
    number: 9021,
    meaning: 'The account has ended, as a guest’s does. Told only to who knows its password.',
  },
  recovery_waits: {
    number: 9022,
    meaning:
      'Access tokens are closed while somebody who says they lost everything waits to set up another second factor. The owner of the account can stop that, by mail or on any page.',
  },
  passkey_required: {
    number: 9023,
    meaning:
      'The account needs a passkey, and these methods take the codes of an authenticator app alone. Use the pages or /api/v1; until then a session can look at sessions, and sign out. Access tokens stop where the account has no passkey.',
  },
} as const satisfies Record<string, { number: number; meaning: string }>

export type ResultName = Exclude<keyof typeof RESULTS, 'ok'>

/** What a method answers next to `result`. Null and undefined members are left out. */
export type Answer = Record<string, unknown>

/** Any result but 0. `more` goes beside `result` and `error`, as `retryAfter` does. */
export class Failure extends Error {
  constructor(
    readonly result: ResultName,
    readonly error: string = RESULTS[result].meaning,
    readonly more: Answer = {},
  ) {
    super(error)
  }
}

export const invalidParameter = (name: string, message: string): Failure =>
  new Failure('invalid_parameter', `invalid parameter [${name}]: ${message}`)

export const successBody = (answer: Answer): Answer => withoutNulls({ result: RESULTS.ok.number, ...answer }) as Answer

/** `reason` and `source` are what some clients print. */
export function failureBody({ result, error, more }: Failure): Answer {
  const { number } = RESULTS[result]
  return withoutNulls({ result: number, reason: number, source: 'latchkey', error, ...more }) as Answer
}

/** As clients read and write a time: UTC, to the second. */
export const timeText = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ')

function withoutNulls(value: unknown): unknown {
  if (value instanceof Date) return timeText(value)
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member == null ? [] : [[name, withoutNulls(member)]])),
  )
}
