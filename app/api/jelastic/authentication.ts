import { z } from 'zod'
import { ALL_SCOPES } from '../../access-tokens/scopes.ts'
import { endSessions, listSessions } from '../../account/sessions.ts'
import { emailField, passwordField } from '../../http/fields.ts'
import { cancelPending, verifyCode } from '../../sign-in/second-step.ts'
import { currentSession } from '../../sign-in/session.ts'
import { signIn, signOut } from '../../sign-in/sign-in.ts'
import { accountOf, type Caller, sessionOf } from '../bearer.ts'
import { forAnyone, forBegun, forSignedInOrToken, type Method } from './method.ts'
import { code, ids } from './parameters.ts'
import { codeFailure, wait } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const nothing = z.object({})
const AUTHENTICATOR = { type: 'TOTP', isActive: true, isConfigured: true }

/** What says that a code is still owed. */
export const RESTRICTED = { accessType: 'RESTRICTED', authType: 'TFA', requiredAuthCheck: AUTHENTICATOR }

/** `users/authentication`: sign-in and sessions. */
export const authentication: Record<string, Method> = {
  signin: forAnyone(
    z.object({ login: emailField(), password: passwordField() }),
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
    const result = await verifyCode(deps, id, parameters.code, origin, { client: 'api', keepToken: true })
    if (!result.ok) throw codeFailure(result)
    const session = await currentSession(deps, result.token, 'api')
    if (!session) throw new Failure('authentication_failed') // ended by its owner in the moment since
    return { ...signedIn({ kind: 'session', session }, id), backupCodesLeft: result.recoveryCodesLeft }
  }),

  signout: forBegun(nothing, async ({ deps, origin, caller, id }) => {
    if (caller) await signOut(deps, sessionOf(caller), origin)
    else await cancelPending(deps, id)
    return {}
  }),

  checksign: forSignedInOrToken(nothing, async ({ caller, id }) => signedIn(caller, id), { reads: true }),

  getsessions: forSignedInOrToken(
    nothing,
    async ({ deps, caller }) => {
      const current = caller.kind === 'session' ? caller.session.id : undefined
      const sessions = await listSessions(deps, accountOf(caller).id)
      return {
        sessions: sessions.map((session) => ({
          id: session.id,
          client: session.client,
          authType: authTypeOf(session.method),
          agent: session.browser,
          address: session.address,
          startedAt: session.startedAt,
          lastSeenAt: session.lastSeenAt,
          expiresAt: session.expiresAt,
          isCurrent: session.id === current,
        })),
      }
    },
    { reads: true },
  ),

  /** `ids` are those of getsessions. */
  signoutsessions: forSignedInOrToken(z.object({ ids: ids() }), async ({ deps, origin, caller, parameters }) => {
    const ended = await endSessions(deps, accountOf(caller).id, parameters.ids, origin)
    if (ended.length === 0) throw new Failure('not_found', 'None of these is a session of the account.')
    return { ids: ended }
  }),
}

/** All of it always present: there are clients that fail without. */
export const person = ({ uid, email }: { uid: number; email: string }): Answer => ({
  uid,
  email,
  name: email,
  status: 'ENABLED',
})

const FULL = { accessType: 'FULL_ACCESS' }
const authTypeOf = (method: string) => (method === 'password' ? 'BASIC' : 'TFA')

/** A token is told what it may do and is not told itself. */
function signedIn(caller: Caller, id: string): Answer {
  const who = { ...person(accountOf(caller)), ...FULL }
  if (caller.kind === 'session') return { ...who, session: id, authType: authTypeOf(caller.session.method) }
  const { scopes } = caller.holder
  return { ...who, authType: 'TOKEN', apiList: ALL_SCOPES.filter((scope) => scopes.includes(scope)) }
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
