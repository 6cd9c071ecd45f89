import { z } from 'zod'
import { ALL_SCOPES, scopesIn } from '../../access-tokens/scopes.ts'
import { endSessions, sessionsOfToken, sessionsSeenBy, sessionsView } from '../../account/sessions.ts'
import { passwordField, signInNameField } from '../../http/fields.ts'
import { currentVisitor } from '../../identity/session.ts'
import { signOut } from '../../identity/sign-out.ts'
import type { Visitor } from '../../identity/visitor.ts'
import { cancelPending, verifyAnswer } from '../../sign-in/second-step.ts'
import { signIn } from '../../sign-in/sign-in.ts'
import { english, originInEnglish } from '../english.ts'
import { forAnyone, forBegun, forSignedInOrToken, forSignedInOrTokenSeeing, type Method } from './method.ts'
import { chosen, code, ids } from './parameters.ts'
import { codeFailure, wait } from './refused.ts'
import { type Answer, Failure } from './results.ts'

const nothing = z.object({})
const listing = { view: sessionsView, ofToken: sessionsOfToken }
const AUTHENTICATOR = { type: 'TOTP', isActive: true, isConfigured: true }

/** What says that a code is still owed. */
export const RESTRICTED = { accessType: 'RESTRICTED', authType: 'TFA', requiredAuthCheck: AUTHENTICATOR }

/** `users/authentication`: sign-in and sessions. */
export const authentication: Record<string, Method> = {
  signin: forAnyone(
    z.object({ login: signInNameField(english), password: passwordField(english) }),
    async ({ deps, origin, parameters }) => {
      const { login: name, password } = parameters
      const result = await signIn(deps, { name, password }, origin, 'api')
      if (!result.ok) throw signInRefused(result)
      const who = person(result)
      return result.step === 'code_owed'
        ? { ...who, session: result.pendingToken, ...RESTRICTED }
        : { ...who, session: result.token, ...FULL, authType: 'BASIC' }
    },
  ),

  /** Takes either kind of code. The session goes on under the id that the client holds. */
  verify2facode: forBegun(z.object({ code: code() }), async ({ deps, origin, parameters, id }) => {
    const result = await verifyAnswer(deps, id, parameters, origin, { client: 'api', keepToken: true })
    if (!result.ok) throw codeFailure(deps, result)
    const visitor = await currentVisitor(deps, result.token, 'api')
    if (!visitor) throw new Failure('authentication_failed') // ended by its owner in the moment since
    return { ...signedIn(visitor, id), backupCodesLeft: result.recoveryCodesLeft }
  }),

  signout: forBegun(
    nothing,
    async ({ deps, origin, visitor, id }) => {
      if (visitor) await signOut(deps, visitor, origin)
      else await cancelPending(deps, id)
      return {}
    },
    { deed: 'leave' },
  ),

  checksign: forSignedInOrToken(
    nothing,
    async ({ visitor, id }) => ({ ...signedIn(visitor, id), apiList: allowed(visitor) }),
    { reads: true, deed: 'leave' },
  ),

  getsessions: forSignedInOrTokenSeeing(
    listing,
    nothing,
    async ({ visitor }) => {
      const current = 'session' in visitor ? visitor.session.id : undefined
      const { uid } = visitor.account
      return {
        sessions: sessionsSeenBy(visitor).map((session) => ({
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
  signoutsessions: forSignedInOrTokenSeeing(
    listing,
    z.object({ ids: ids() }),
    async ({ deps, origin, visitor, parameters }) => {
      const wanted = chosen(parameters.ids, sessionsSeenBy(visitor))
      const ended = await endSessions(deps, visitor.account.id, wanted, origin)
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
function allowed(visitor: Visitor) {
  if (!('token' in visitor)) return undefined
  const scopes = scopesIn(visitor.token.scopes)
  return ALL_SCOPES.filter((scope) => scopes.includes(scope))
}

const FULL = { accessType: 'FULL_ACCESS' }

/** Who is signed in. A token is not told itself. */
export function signedIn(visitor: Visitor, id: string): Answer {
  const isSession = 'session' in visitor
  const isTwoFactor = isSession ? visitor.session.method !== 'password' : visitor.account.secondFactorSince !== null
  const session = isSession ? id : undefined
  return { ...person(visitor.account), session, ...FULL, authType: isTwoFactor ? 'TFA' : 'BASIC' }
}

function signInRefused(refusal: Exclude<Awaited<ReturnType<typeof signIn>>, { ok: true }>): Failure {
  switch (refusal.reason) {
    case 'wait':
      return wait(refusal)
    case 'suspended':
      return new Failure('suspended', 'The account is suspended.', { status: 'SUSPENDED' })
    case 'account_ended':
      return new Failure('account_ended', 'The account has ended.', { status: 'ENDED' })
    case 'wrong_credentials':
      return new Failure('authentication_failed', 'Email and password do not belong together.')
  }
}
