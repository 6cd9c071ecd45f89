import type { HonoRequest, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type AccessTokenDeps, tokenHolder } from '../access-tokens/access-tokens.ts'
import { type ApiScope, allows, scopesIn } from '../access-tokens/scopes.ts'
import { bearerValue } from '../http/bearer.ts'
import type { AppEnv } from '../http/env.ts'
import { headerOf } from '../http/header.ts'
import { type SessionDeps, visitorFound } from '../identity/session.ts'
import { type Deed, type Hindrance, type StandingDeps, standing } from '../identity/standing.ts'
import type { Find, SignedIn, TokenHolder, Visitor } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'

export type VisitorDeps = SessionDeps & AccessTokenDeps & StandingDeps

/** How either is read, and in the same read what they came to see. */
export type Finds<Owner extends SignedIn, Holder extends TokenHolder> = { session: Find<Owner>; token: Find<Holder> }

/** Who comes with a session or an access token. Cookies are not read. Undefined when the value opens nothing. */
export const visitorWith = <Owner extends SignedIn, Holder extends TokenHolder>(
  deps: VisitorDeps,
  value: string,
  origin: Origin,
  find: Finds<Owner, Holder>,
): Promise<Owner | Holder | undefined> =>
  value.startsWith('lk_')
    ? tokenHolder(deps, value, origin, find.token)
    : visitorFound(deps, value, find.session, 'api')

/** For operations that answer with nothing beside whose token it is. */
export const holderAlone = ({ accessTokens }: AccessTokenDeps): Find<TokenHolder> => accessTokens.findToken

/** A session may do all; a token what its scopes allow, and nothing where no scope is named. */
export const mayCall = (visitor: Visitor, scope: ApiScope | undefined): boolean =>
  !('token' in visitor) || (scope !== undefined && allows(scopesIn(visitor.token.scopes), scope))

/** What a guard does where nobody is let in; each API says so in its own form. */
export type Refuse = (
  reason: 'no_token' | 'invalid_request' | 'invalid_token' | 'insufficient_scope' | Hindrance,
  scope?: ApiScope,
) => Error

/** The environment of a route that has this guard: there is a visitor in it, and of which kind. */
export type Guard<Who extends Visitor> = MiddlewareHandler<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { visitor: Who }
}>

type View<Deps, Who extends Visitor> = (deps: Deps, request: HonoRequest) => Find<Who>
export type OfSessions<Deps, Owner extends SignedIn> = { deed: Deed; view: View<Deps, Owner> }
export type OfScope<Deps, Owner extends SignedIn, Holder extends TokenHolder> = OfSessions<Deps, Owner> & {
  scope: ApiScope
  ofToken: View<Deps, Holder>
}

/** Lets in sessions alone. */
export const sessionGuard = <Deps extends VisitorDeps, Owner extends SignedIn>(
  deps: Deps,
  refuse: Refuse,
  { deed, view }: OfSessions<Deps, Owner>,
): Guard<Owner> =>
  guard(
    deps,
    { refuse, deed, finds: (request) => ({ session: view(deps, request), token: deps.accessTokens.findToken }) },
    (visitor): visitor is Owner => 'session' in visitor,
  )

/** Lets in sessions, and the tokens that may do what needs `scope`. */
export const scopeGuard = <Deps extends VisitorDeps, Owner extends SignedIn, Holder extends TokenHolder>(
  deps: Deps,
  refuse: Refuse,
  { scope, deed, view, ofToken }: OfScope<Deps, Owner, Holder>,
): Guard<Owner | Holder> =>
  guard(
    deps,
    { refuse, deed, scope, finds: (request) => ({ session: view(deps, request), token: ofToken(deps, request) }) },
    (visitor): visitor is Owner | Holder => mayCall(visitor, scope),
  )

function guard<Owner extends SignedIn, Holder extends TokenHolder, Who extends Owner | Holder>(
  deps: VisitorDeps,
  of: { refuse: Refuse; deed: Deed; scope?: ApiScope; finds(request: HonoRequest): Finds<Owner, Holder> },
  isLetIn: (visitor: Owner | Holder) => visitor is Who,
): Guard<Who> {
  const { refuse, deed, scope } = of
  return createMiddleware(async (c, next) => {
    if (c.req.query('access_token') !== undefined) throw refuse('invalid_request') // secrets do not belong in URLs
    const value = bearerValue(headerOf(c, 'authorization'))
    if (value === undefined) throw refuse('no_token')
    if (value === false) throw refuse('invalid_request')
    const visitor = await visitorWith(deps, value, c.get('origin'), of.finds(c.req)) // one by one: `c.var` copies all of them
    const may = standing(deps, visitor, deed)
    if (!visitor || may === 'nothing') throw refuse('invalid_token')
    if (may !== 'go_on') throw refuse(may)
    if (!isLetIn(visitor)) throw refuse('insufficient_scope', scope)
    c.set('visitor', visitor)
    await next()
  })
}
