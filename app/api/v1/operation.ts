import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi'
import type { ApiScope } from '../../access-tokens/scopes.ts'
import type { AppEnv } from '../../http/env.ts'
import { type Deed, hindrancesBefore } from '../../identity/standing.ts'
import type { SignedIn, TokenHolder } from '../../identity/visitor.ts'
import { type OfScope, type OfSessions, scopeGuard, sessionGuard, type VisitorDeps } from '../bearer.ts'
import { HINDRANCES, PROBLEMS, Problem, type ProblemName, refuseVisitor } from './problems.ts'
import { Problem as ProblemSchema } from './schemas.ts'

/** A router whose schemas refuse in the API's own form. */
export const apiRouter = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const fields = Object.fromEntries(
        result.error.issues.map(({ path, message }) => [path.join('.') || 'body', message]),
      )
      throw new Problem('invalid_fields', 'Look at `fields` for what is wrong with each.', { fields })
    },
  })

/** A JSON answer, for the document. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
})

export const noContent = { description: 'Done; there is no body.' } as const

/** A JSON body, for the document and for the check. */
export const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

// What every operation's route has: its guard, its security in the document, and every problem it can answer with. The
// guard says of which kind the visitor of its handlers is: who forgets it has none.

/** Only for the document: handlers throw problems and don't answer them, so their types say nothing. */
const documented = (...problems: ProblemName[]) =>
  problemAnswers(['invalid_request', 'busy', 'unavailable', ...problems]) as Record<never, never>

export const forAnybody = (...problems: ProblemName[]) => ({
  route: { security: [] },
  problems: documented(...problems),
})

/** Only for sessions. */
export const forSessions = <Deps extends VisitorDeps, Owner extends SignedIn>(
  deps: Deps,
  of: OfSessions<Deps, Owner>,
  ...problems: ProblemName[]
) => secured(sessionGuard(deps, refuseVisitor, of), 'session', of.deed, problems)

/** For sessions, and for access tokens with a scope. */
export const forScope = <Deps extends VisitorDeps, Owner extends SignedIn, Holder extends TokenHolder>(
  deps: Deps,
  of: OfScope<Deps, Owner, Holder>,
  ...problems: ProblemName[]
) => secured(scopeGuard(deps, refuseVisitor, of), of.scope, of.deed, problems)

const secured = <Middleware>(
  middleware: Middleware,
  who: 'session' | ApiScope,
  deed: Deed,
  problems: ProblemName[],
) => ({
  route: { middleware, security: [{ bearer: [] }], 'x-scope': who },
  problems: documented(
    'invalid_token',
    'insufficient_scope',
    ...hindrancesBefore(deed).map((hindrance) => HINDRANCES[hindrance].problem),
    HINDRANCES.recovery_waits.problem,
    ...problems,
  ),
})

function problemAnswers(names: ProblemName[]): RouteConfig['responses'] {
  const statuses = [...new Set(names.map((name) => PROBLEMS[name].status))].sort()
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: [...new Set(names)].filter((name) => PROBLEMS[name].status === status).join(', '),
        content: { 'application/problem+json': { schema: ProblemSchema } },
      },
    ]),
  )
}
