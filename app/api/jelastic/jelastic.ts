import { API_METHODS, type ApiMethod } from '../../access-tokens/scopes.ts'
import { standing } from '../../identity/standing.ts'
import type { Origin } from '../../lib/origin.ts'
import { pendingSignIn } from '../../sign-in/second-step.ts'
import { type Caller, callerOf, mayCall, sessionOf } from '../bearer.ts'
import { account } from './account.ts'
import { authentication, RESTRICTED } from './authentication.ts'
import type { Method, MethodDeps } from './method.ts'
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
  const who = method.who === 'anyone' ? undefined : await callerFor(deps, name, method, id, origin)
  const parsed = method.parameters.safeParse(Object.fromEntries(fields))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const named = String(issue?.path[0] ?? '')
    const mayBeLeftOut = method.parameters.shape[named]?.safeParse(undefined).success ?? false
    const isMissing = !fields.get(named) && !mayBeLeftOut // said in the words of this API, not in those of a page
    throw invalidParameter(named, (isMissing ? undefined : issue?.message) ?? 'It is required.')
  }
  const call = { deps, origin, parameters: parsed.data as never }
  if (method.who === 'anyone') return method.run(call)
  const called = { ...call, id: id ?? '' }
  const caller = who?.caller
  if (method.who === 'begun') return method.run({ ...called, caller })
  if (!caller) throw new Failure('authentication_failed')
  return method.who === 'signedIn'
    ? method.run({ ...called, session: sessionOf(caller) })
    : method.run({ ...called, caller })
}

/** A `Failure`, unless the holder of `id` may call this method. Without a `caller` it's a sign-in that has begun. */
async function callerFor(
  deps: MethodDeps,
  name: string,
  { who, deed }: Method,
  id: string | undefined,
  origin: Origin,
): Promise<{ caller?: Caller }> {
  if (id === undefined) throw invalidParameter('session', 'It is required: a session, or an access token.')
  const caller = await callerOf(deps, id, origin)
  const may = standing(deps, caller, deed)
  if (caller && may !== 'nothing') {
    const scope = API_METHODS.find((known): known is ApiMethod => known === name)
    if (!mayCall(caller, scope)) throw new Failure('not_allowed')
    if (may !== 'go_on') throw hindered(may)
    return { caller }
  }
  if (!(await pendingSignIn(deps, id, 'api'))) throw new Failure('authentication_failed', 'Sign in again.')
  if (who !== 'begun') throw new Failure('second_factor_owed', undefined, RESTRICTED)
  return {}
}

function named(service: string, methods: Record<string, Method>): [string, Method][] {
  return Object.entries(methods).map(([name, method]) => [`${service}.${name}`, method])
}
