import { createMiddleware } from 'hono/factory'
import { type AccessTokenDeps, type TokenHolder, tokenHolder } from '../access-tokens/access-tokens.ts'
import { allows, type Scope } from '../access-tokens/scopes.ts'
import { bearerValue } from '../http/bearer.ts'
import type { AppEnv } from '../http/env.ts'
import { currentSession, type Session, type SessionDeps } from '../identity/session.ts'
import { type Deed, type Hindrance, type StandingDeps, standing } from '../identity/standing.ts'
import type { Origin } from '../lib/origin.ts'

/** Who calls: a session signed in through an API, or an access token with its scopes. */
export type Caller = { kind: 'session'; session: Session } | { kind: 'token'; holder: TokenHolder }

export type CallerDeps = SessionDeps & AccessTokenDeps & StandingDeps

/** Cookies are not read. Undefined when the value opens nothing. */
export async function callerOf(deps: CallerDeps, value: string, origin: Origin): Promise<Caller | undefined> {
  if (value.startsWith('lk_')) {
    const holder = await tokenHolder(deps, value, origin)
    return holder && { kind: 'token', holder }
  }
  const session = await currentSession(deps, value, 'api')
  return session && { kind: 'session', session }
}

export const accountOf = (caller: Caller): { id: number; uid: number; email: string } =>
  caller.kind === 'session'
    ? { id: caller.session.accountId, uid: caller.session.uid, email: caller.session.email }
    : { id: caller.holder.accountId, uid: caller.holder.uid, email: caller.holder.email }

/** A session may do all; a token what its scopes allow, and nothing where no scope is named. */
export const mayCall = (caller: Caller, scope: Scope | undefined): boolean =>
  caller.kind === 'session' || (scope !== undefined && allows(caller.holder.scopes, scope))

export type CallerEnv = { Bindings: AppEnv['Bindings']; Variables: AppEnv['Variables'] & { caller: Caller } }

/** What a guard does where nobody is let in; each API says so in its own form. */
export type Refuse = (
  reason: 'no_token' | 'invalid_request' | 'invalid_token' | 'insufficient_scope' | Hindrance,
  scope?: Scope,
) => Error

/** Behind it there is somebody in `c.var.caller` who may do what needs `scope`; without one, sessions alone. */
export const calling = (deps: CallerDeps, refuse: Refuse, scope?: Scope, deed: Deed = 'anything') =>
  createMiddleware<CallerEnv>(async (c, next) => {
    if (c.req.query('access_token') !== undefined) throw refuse('invalid_request') // secrets do not belong in URLs
    const value = bearerValue(c.req.header('Authorization'))
    if (value === undefined) throw refuse('no_token')
    if (value === false) throw refuse('invalid_request')
    const caller = await callerOf(deps, value, c.get('origin')) // one by one: `c.var` copies all of them
    const may = standing(deps, caller, deed)
    if (!caller || may === 'nothing') throw refuse('invalid_token')
    if (!mayCall(caller, scope)) throw refuse('insufficient_scope', scope)
    if (may !== 'go_on') throw refuse(may)
    c.set('caller', caller)
    await next()
  })

/** The session behind a route that tokens do not reach. */
export function sessionOf(caller: Caller): Session {
  if (caller.kind !== 'session') throw new Error('This route lets tokens in, and must not.')
  return caller.session
}
