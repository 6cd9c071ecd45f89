import { API_METHODS, type ApiMethod } from '../../access-tokens/scopes.ts'
import { standing } from '../../identity/standing.ts'
import type { Origin } from '../../lib/origin.ts'
import { pendingSignIn } from '../../sign-in/second-step.ts'
import { mayCall } from '../bearer.ts'
import { account } from './account.ts'
import { authentication, RESTRICTED } from './authentication.ts'
import type { Closed, Method, MethodDeps } from './method.ts'
import { hindered } from './refused.ts'
import { type Answer, Failure, invalidParameter } from './results.ts'
import { tokens } from './tokens.ts'

/** Every method of `/1.0/`, by its name in full and in small letters. */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ...named('users.authentication', { ...authentication, ...tokens }),
  ...named('users.account', account),
])

/** One call of a method. `id` is the session or access token that came with it, from the form or the header. */
export async function callMethod(
  deps: MethodDeps,
  name: string,
  method: Method,
  { id, fields, origin }: { id: string | undefined; fields: ReadonlyMap<string, string>; origin: Origin },
): Promise<Answer> {
  // Who calls comes first: to a stranger, nothing is said about the rest.
  const run = method.who === 'anyone' ? method.run : await runFor(deps, name, method, id, origin)
  const parsed = method.parameters.safeParse(Object.fromEntries(fields))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const named = String(issue?.path[0] ?? '')
    const mayBeLeftOut = method.parameters.shape[named]?.safeParse(undefined).success ?? false
    const isMissing = !fields.get(named) && !mayBeLeftOut // said in the words of this API, not in those of a page
    throw invalidParameter(named, (isMissing ? undefined : issue?.message) ?? 'It is required.')
  }
  return run({ deps, origin, parameters: parsed.data as never, id: id ?? '' })
}

/** What runs for the holder of `id`: a `Failure`, unless they may call this method, or have begun to sign in where that is enough. */
async function runFor(deps: MethodDeps, name: string, method: Closed, id: string | undefined, origin: Origin) {
  if (id === undefined) throw invalidParameter('session', 'It is required: a session, or an access token.')
  const found = await method.visit(deps, id, origin)
  const may = standing(deps, found?.visitor, method.deed)
  if (found && may !== 'nothing') {
    const scope = API_METHODS.find((known): known is ApiMethod => known === name)
    if (may !== 'go_on') throw hindered(may)
    if (!found.run || !mayCall(found.visitor, scope)) throw new Failure('not_allowed')
    return found.run
  }
  if (!(await pendingSignIn(deps, id, 'api'))) throw new Failure('authentication_failed', 'Sign in again.')
  if (method.who !== 'begun') throw new Failure('second_factor_owed', undefined, RESTRICTED)
  return method.begun
}

function named(service: string, methods: Record<string, Method>): [string, Method][] {
  return Object.entries(methods).map(([name, method]) => [`${service}.${name}`, method])
}
