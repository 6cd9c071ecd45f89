import { Hono } from 'hono'
import { en } from '#views/words/en.ts'
import { bearerValue } from '../../http/bearer.ts'
import type { AppContext, AppEnv } from '../../http/env.ts'
import { failureText } from '../../http/failure-text.ts'
import { headerOf } from '../../http/header.ts'
import { Refusal } from '../../http/refusals.ts'
import { notOtherSites } from '../../http/same-origin.ts'
import { databaseFailure } from '../../lib/database-failures.ts'
import { HashQueueFull } from '../../lib/passwords.ts'
import { parametersOf } from './fields.ts'
import { callMethod, METHODS } from './jelastic.ts'
import type { MethodDeps } from './method.ts'
import { Failure, failureBody, invalidParameter, successBody } from './results.ts'

export type JelasticDeps = MethodDeps & { baseUrl: string; sessionsInUrls: boolean; report: (error: unknown) => void }

/** `/1.0/`: the form of the Jelastic cloud, for clients that exist. Whatever happens, the answer is 200 and JSON with a `result`. */
export const jelasticRoutes = (deps: JelasticDeps) =>
  new Hono<AppEnv>()
    .use(notOtherSites(deps.baseUrl, deps.watch.otherSite))
    .all('/:group/:service/rest/:method', async (c) => {
      const { group, service, method } = c.req.param()
      const name = `${group}.${service}.${method.toLowerCase()}`
      const called = METHODS.get(name)
      if (!called) throw notSupported('There is no such method.')
      const fields = await parametersOf(c, called, deps)
      const { origin } = c.var
      return c.json(successBody(await callMethod(deps, name, called, { id: sessionIn(c, fields), fields, origin })))
    })
    .all('*', () => {
      throw notSupported('Addresses here are /1.0/GROUP/SERVICE/rest/METHOD.')
    })
    .onError((error, c) => c.json(failureBody(asFailure(error, c.req.method, deps.report))))

const notSupported = (text: string) => new Failure('not_supported', text)

/** The parameter or the header, or both with the same value. Cookies are not read. */
function sessionIn(c: AppContext, fields: ReadonlyMap<string, string>): string | undefined {
  const named = fields.get('session') || undefined
  const bearer = bearerValue(headerOf(c, 'authorization'))
  if (bearer === false) throw invalidParameter('session', 'Authorization has to be of the form: Bearer VALUE.')
  if (named !== undefined && bearer !== undefined && named !== bearer)
    throw invalidParameter('session', 'It is not the one of the header Authorization.')
  return named ?? bearer
}

function asFailure(error: unknown, method: string, report: (error: unknown) => void): Failure {
  if (error instanceof Failure) return error
  if (error instanceof Refusal) return notSupported(REFUSED[error.reason] ?? en.refusals[error.reason].text)
  if (error instanceof HashQueueFull) return tryLater('busy', error.retryAfterSeconds)
  report(error)
  const failure = databaseFailure(error)
  if (failure) return tryLater(failure.reason, failure.seconds, failureText(failure, method, en))
  return notSupported('The fault is on our side, and nothing was left half done. Try again in a moment.')
}

const tryLater = (result: 'busy' | 'unavailable', seconds: number, text?: string) =>
  new Failure(result, text, { retryAfter: seconds })

/** Where the words for a page would not help a program. */
const REFUSED: Partial<Record<Refusal['reason'], string>> = {
  not_a_form: 'Use POST with a form body (Content-Type: application/x-www-form-urlencoded).',
  not_text: 'The parameters have characters that are not text: they have to be UTF-8, without NUL.',
  repeated_field: 'A parameter stands there twice.',
  too_large: 'The body is far larger than anything a method takes.',
  bad_request: 'The request broke off, or does not follow the rules of HTTP.',
  other_site: 'Calls from pages of other sites are not accepted.',
}
