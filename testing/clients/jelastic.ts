// A client like those of the Jelastic cloud: plain HTTP calls. Only for tests.
import assert from 'node:assert/strict'

export type Result = Record<string, unknown> & { result: number; error?: string }
export type Parameters = Record<string, string> | [string, string][]

type App = { request(path: string, init: RequestInit, environment: never): Response | Promise<Response> }
type From = { host: string; address?: string }

/** The methods that succeeded and the results that came back in this process, for tests that look for gaps. */
export const seen = { methods: new Set<string>(), numbers: new Set<number>() }

/** `call('users/authentication/rest/signin', { login, password })`. Checks that each answer has the common form. */
export function standIn(app: App, { host, address = '198.51.100.7' }: From) {
  const environment = { incoming: { socket: { remoteAddress: address }, rawHeaders: [] } } as never

  /** Any request at all. */
  async function send(path: string, init: RequestInit = {}): Promise<Result> {
    const headers = new Headers({ Host: host, 'User-Agent': 'python-requests/2.32.3' })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await app.request(path, { ...init, headers }, environment)
    const text = await response.text()
    assert.equal(response.status, 200, text)
    assert.match(response.headers.get('Content-Type') ?? '', /^application\/json\b/)
    assert.equal(response.headers.get('Cache-Control'), 'no-store')
    assert.equal(response.headers.get('Set-Cookie'), null)
    const answer = JSON.parse(text) as Result
    assert.ok(Number.isInteger(answer.result), text)
    assert.equal('error' in answer, answer.result !== 0, text)
    if (answer.result !== 0) assert.ok(answer.error && answer.error.length > 0, text)
    assert.doesNotMatch(text, /:null[,}]|\bat .*\.tsx?:\d|node:internal/)
    seen.numbers.add(answer.result)
    return answer
  }

  return {
    send,
    /** As the clients do it: a form body, with `appid` and `ruk` in it. */
    async call(path: string, parameters: Parameters = {}, headers: Record<string, string> = {}): Promise<Result> {
      const given = Array.isArray(parameters) ? parameters : Object.entries(parameters)
      const body = new URLSearchParams([['appid', '1dd8d191d38fff45e62564fcf67fdcd6'], ['ruk', 'x9'], ...given])
      const answer = await send(`/1.0/${path}`, {
        method: 'POST',
        body: body.toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      })
      const [group, service, , method = ''] = path.split('/')
      if (answer.result === 0) seen.methods.add(`${group}.${service}.${method.toLowerCase()}`)
      return answer
    },
  }
}
