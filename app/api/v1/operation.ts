import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi'
import type { Scope } from '../../access-tokens/scopes.ts'
import { type Deed, hindrancesBefore } from '../../identity/standing.ts'
import { type CallerDeps, type CallerEnv, calling } from '../bearer.ts'
import { HINDRANCES, PROBLEMS, Problem, type ProblemName, refuseCaller } from './problems.ts'
import { Problem as ProblemSchema } from './schemas.ts'

/** A router whose schemas refuse in the API's own form. */
export const apiRouter = () =>
  new OpenAPIHono<CallerEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const fields = Object.fromEntries(
        result.error.issues.map(({ path, message }) => [path.join('.') || 'body', message]),
      )
      throw new Problem('invalid_fields', 'Look at `fields` for what is wrong with each.', { fields })
    },
  })

/** Who may call: anybody, a session alone, or a session and the access tokens with a scope. */
export type Access = 'anybody' | 'session' | Scope

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

/** What is asked for, where it is not just anything. */
export type Open = { who: 'session' | Scope; deed: Exclude<Deed, 'anything'> }

/** The parts of a route that every operation has: its guard, its security in the document, and every problem it can answer with. */
export function access(deps: CallerDeps, asked: Access | Open, ...problems: ProblemName[]) {
  const { who, deed } = typeof asked === 'object' ? asked : { who: asked, deed: 'anything' as const }
  const guards = who === 'anybody' ? [] : [calling(deps, refuseCaller, who === 'session' ? undefined : who, deed)]
  const always: ProblemName[] =
    who === 'anybody'
      ? ['invalid_request', 'busy', 'unavailable']
      : ['invalid_request', 'invalid_token', 'insufficient_scope', 'busy', 'unavailable']
  if (who !== 'anybody') always.push(...hindrancesBefore(deed).map((hindrance) => HINDRANCES[hindrance].problem))
  return {
    route: {
      middleware: guards,
      ...(who === 'anybody' ? { security: [] } : { security: [{ bearer: [] }], 'x-scope': who }),
    },
    /** For the document alone: problems are thrown, not answered by handlers, so their types say nothing. */
    problems: problemAnswers([...always, ...problems]) as Record<never, never>,
  }
}

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
