import { z } from 'zod'
import { ALL_SCOPES } from '../../access-tokens/scopes.ts'
import { endSessions, listSessions } from '../../account/sessions.ts'
import { emailField, passwordField } from '../../http/fields.ts'
import { currentSession } from '../../identity/session.ts'
import { cancelPending, verifyAnswer } from '../../sign-in/second-step.ts'
import { signIn, signOut } from '../../sign-in/sign-in.ts'
import { accountOf, type Caller, sessionOf } from '../bearer.ts'
import { english, originInEnglish } from '../english.ts'
import { forAnyone, forBegun, forSignedInOrToken, type Method } from './method.ts'
import { chosen, code, ids } from './parameters.ts'
import { codeFailure, wait } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const nothing = z.object({})
const AUTHENTICATOR = { type: 'TOTP', isActive: true, isConfigured: true }

/** What says that a code is still owed. */
export const RESTRICTED = { accessType: 'RESTRICTED', authType: 'TFA', requiredAuthCheck: AUTHENTICATOR }

/** `users/authentication`: sign-in and sessions. */
export const authentication: Record<string, Method> = {
  signin: forAnyone(
    z.object({ login: emailField(english), password: passwordField(english) }),
    async ({ deps, origin, parameters }) => {
      const { login: email, password } = parameters
      const result = await signIn(deps, { email, password }, origin, 'api')
      if (!result.ok) throw signInRefused(result)
      const who = person({ uid: result.uid, email })
      return result.step === 'code_owed'
        ? { ...who, session: result.pendingToken, ...RESTRICTED }
        : { ...who, session: result.token, ...FULL, authType: 'BASIC' }
    },
  ),

  /** Takes either kind of code. The session goes on under the id that the client holds. */
  verify2facode: forBegun(z.object({ code: code() }), async ({ deps, origin, parameters, id }) => {
    const result = await verifyAnswer(deps, id, parameters, origin, { client: 'api', keepToken: true })
    if (!result.ok) throw codeFailure(deps, result)
    const session = await currentSession(deps, result.token, 'api')
    if (!session) throw new Failure('authentication_failed') // ended by its owner in the moment since
    return { ...signedIn({ kind: 'session', session }, id), backupCodesLeft: result.recoveryCodesLeft }
  }),

  signout: forBegun(
    nothing,
    async ({ deps, origin, caller, id }) => {
      if (caller) await signOut(deps, sessionOf(caller), origin)
      else await cancelPending(deps, id)
      return {}
    },
    { deed: 'leave' },
  ),

  checksign: forSignedInOrToken(
    nothing,
    async ({ caller, id }) => ({ ...signedIn(caller, id), apiList: allowed(caller) }),
    { reads: true, deed: 'leave' },
  ),

  getsessions: forSignedInOrToken(
    nothing,
    async ({ deps, caller }) => {
      const current = caller.kind === 'session' ? caller.session.id : undefined
      const { id, uid } = accountOf(caller)
      const sessions = await listSessions(deps, id)
      return {
        sessions: sessions.map((session) => ({
          id: session.id,
          uid,
          current: session.id === current,
          host: originInEnglish(session).address,
          userAgent: originInEnglish(session).browser,
          createdOn: session.startedAt,
          lastAccess: session.lastSeenAt,
        })),
      }
    },
    { reads: true, deed: 'leave' },
  ),

  /** `ids` are those of getsessions. */
  signoutsessions: forSignedInOrToken(
    z.object({ ids: ids() }),
    async ({ deps, origin, caller, parameters }) => {
      const { id } = accountOf(caller)
      const wanted = chosen(parameters.ids, await listSessions(deps, id))
      const ended = await endSessions(deps, id, wanted, origin)
      if (ended.length === 0) throw new Failure('not_found', 'None of these is a session of the account.')
      return { ids: ended }
    },
    { deed: 'leave' },
  ),
}

/** All of it always present: there are clients that fail without. */
const person = ({ uid, email }: { uid: number; email: string }): Answer => ({
  uid,
  email,
  name: email,
  status: 'ENABLED',
})

/** What a token may do; a session may do everything. */
const allowed = (caller: Caller) =>
  caller.kind === 'token' ? ALL_SCOPES.filter((scope) => caller.holder.scopes.includes(scope)) : undefined

const FULL = { accessType: 'FULL_ACCESS' }

/** Who is signed in. A token is not told itself. */
export function signedIn(caller: Caller, id: string): Answer {
  const session = caller.kind === 'session' ? id : undefined
  const isTwoFactor = caller.kind === 'session' ? caller.session.method !== 'password' : caller.holder.hasSecondFactor
  return { ...person(accountOf(caller)), session, ...FULL, authType: isTwoFactor ? 'TFA' : 'BASIC' }
}

function signInRefused(refusal: Exclude<Awaited<ReturnType<typeof signIn>>, { ok: true }>): Failure {
  switch (refusal.reason) {
    case 'wait':
      return wait(refusal)
    case 'suspended':
      return new Failure('suspended', 'The account is suspended.', { status: 'SUSPENDED' })
    case 'wrong_credentials':
      return new Failure('authentication_failed', 'Email and password do not belong together.')
  }
}
