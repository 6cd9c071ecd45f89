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

/** Who may call: anybody, only a session, or a session and access tokens with a scope. */
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

/** Which access it needs, if it stays open to a session that owes new recovery codes. */
export type Open = { who: 'session' | Scope; deed: Exclude<Deed, 'anything'> }

/** What every operation's route has: its guard, its security in the document, and every problem it can answer with. */
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
    /** Only for the document: handlers throw problems and don't answer them, so their types say nothing. */
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
