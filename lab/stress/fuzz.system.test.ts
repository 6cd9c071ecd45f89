import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { latchkey } from '../../testing/index.ts'
import { fuzz } from './fuzz/fuzz.ts'
import { fuzzGate } from './fuzz/gate.ts'
import { fuzzOpenid } from './fuzz/openid.ts'
import { KINDS } from './fuzz/people.ts'
import { type Route, routesOf } from './fuzz/route-table.ts'
import { fuzzServer } from './fuzz/run.ts'
import { described } from './fuzz/summary.ts'
import type { Answer } from './fuzz/wire.ts'

// The same choices in each run, so a red test points at the change. The long form looks for what nobody thought of.
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124)

test('twelve hundred hostile and nearly right requests: no fault, no hang, every route reached, the invariants hold', async () => {
  const { findings, requests } = await fuzzServer({
    requests: 1200,
    seed: SEED,
    entry: 'lab/stress/fuzz/measured-quick-server.ts',
  })
  assert.ok(requests >= 1200)
  assert.deepEqual(findings.map(described), [], `again with FUZZ_SEED=${SEED}`)
})

test('a thousand requests that proxies can be made to send: nobody is let in who is not entitled to it, and nothing breaks', async () => {
  const { findings, statuses } = await fuzzGate({ requests: 1000, seed: SEED })
  assert.deepEqual(findings.map(described), [], `again with FUZZ_SEED=${SEED}`)
  for (const status of [200, 302, 400, 401, 403]) assert.ok((statuses.get(status) ?? 0) > 10, `${status} is answered`)
})

test('a gate that lets in too many, or does not say who is there, is found', async () => {
  const open = { 'Remote-User': '', 'Remote-Email': '', 'Remote-Name': '', 'Remote-Groups': '' }
  const found = async (headers: Record<string, string>) =>
    (await fuzzGate({ requests: 20, seed: SEED, answering: () => () => new Response(null, { headers }) })).findings
  assert.ok(
    (await found(open)).some(({ what }) => /without being entitled/.test(what)),
    'everybody is let in',
  )
  assert.ok(
    (await found({})).some(({ what }) => /without remote-groups/.test(what)),
    'nobody is named',
  )
})

test('a thousand requests of apps, their people and nobody well: no token, code or claim without a right to it, every address of the provider reached', async () => {
  const { findings, statuses } = await fuzzOpenid({ requests: 1000, seed: SEED })
  assert.deepEqual(findings.map(described), [], `again with FUZZ_SEED=${SEED}`)
  for (const status of [200, 303, 400, 401]) assert.ok((statuses.get(status) ?? 0) > 3, `${status} is answered`)
})

for (const [says, path, answer, found] of [
  [
    'gives tokens to everybody',
    '/oauth/token',
    { access_token: 'a-token-of-nobody' },
    /tokens for nothing|not shown who/,
  ],
  ['tells claims to everybody', '/oauth/userinfo', { sub: '1' }, /claims (without an access token|of somebody else)/],
  ['calls every token active', '/oauth/introspect', { active: true }, /called active to whoever asks/],
] as const)
  test(`a provider that ${says} is found`, async () => {
    const changed = (of: Answer, route: Route): Answer =>
      route.path === path && route.method === 'POST'
        ? { ...of, status: 200, body: Buffer.from(JSON.stringify(answer)) }
        : of
    const { findings } = await fuzzOpenid({ requests: 40, seed: SEED, only: new RegExp(path), changed })
    assert.ok(
      findings.some(({ what }) => found.test(what)),
      findings.map(described).join('\n'),
    )
  })

test('a provider that gives codes to nobody’s app, or leads astray, is found', async () => {
  const headers = (to: string): Answer['headers'] => [['Location', to]]
  const found = async (changed: (of: Answer, route: Route) => Answer) =>
    (await fuzzOpenid({ requests: 20, seed: SEED, only: /authorize$/, changed })).findings
      .map(({ what }) => what)
      .join('\n')
  const ofAuthorize = (change: (of: Answer) => Answer) => (of: Answer, route: Route) =>
    route.method === 'GET' ? change(of) : of
  assert.match(await found(ofAuthorize((of) => ({ ...of, headers: headers('https://evil.example/') }))), /led to https/)
  assert.match(
    await found(ofAuthorize((of) => ({ ...of, headers: headers('https://latchkey.test/?code=aaa') }))),
    /a code for no client/,
  )
})

describe('the fuzzer itself', () => {
  const hits = new Map<string, number>()
  const hit = (name: string) => hits.set(name, (hits.get(name) ?? 0) + 1)
  let product: Awaited<ReturnType<typeof latchkey>>
  let server: Server
  let port = 0

  before(async () => {
    product = await latchkey()
    // Routes that the product doesn't have, each with its own fault.
    product.app.get('/more', (c) => c.text(`${hit('more')}`))
    product.app.post('/more/:id', (c) => c.text(`${hit('more with an id')}`))
    product.app.get('/more/fails', () => {
      throw new Error('This route fails.')
    })
    product.app.get('/more/hangs', () => new Promise<Response>(() => {}))
    product.app.get('/more/bare', () => new Response('ok'))
    product.app.get('/more/shows', (c) => c.html('<p title="lk<b>0123ab"></p>'))
    product.app.get('/more/tells', (c) => c.text('Error\n    at run (app/process/server.ts:12:3)'))
    product.app.get('/more/closed', (c) => c.text('no', 403))
    server = createAdaptorServer({ fetch: product.app.fetch }) as Server
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await product.close()
  })

  const fuzzed = (path: string | RegExp, requests = 12, patienceMs = 30_000) =>
    fuzz({
      product,
      port,
      routes: routesOf(product.app).filter((route) =>
        typeof path === 'string' ? route.path === path : path.test(route.path),
      ),
      kinds: KINDS.slice(0, 1),
      requests,
      seed: SEED,
      patienceMs,
    })

  test('sends requests to a route that is added to the app, by itself', async () => {
    const { findings } = await fuzzed(/^\/more(\/:id)?$/)
    assert.deepEqual(findings.map(described), [])
    assert.ok((hits.get('more') ?? 0) > 0)
    assert.ok((hits.get('more with an id') ?? 0) > 0)
  })

  test('finds that a route does not answer', async () => {
    const { findings } = await fuzzed('/more/hangs', 2, 500)
    assert.ok(findings.some(({ what }) => what.endsWith('no answer in time')))
  })

  for (const [path, found] of [
    ['/more/fails', /status 500/],
    ['/more/bare', /without content-security-policy/],
    ['/more/shows', /unescaped/],
    ['/more/tells', /insides/],
    ['/more/closed', /no request came past the guards/],
  ] as const)
    test(`finds what is wrong at ${path}`, async () => {
      const { findings } = await fuzzed(path)
      assert.ok(
        findings.some(({ what }) => found.test(what)),
        findings.map(described).join('\n'),
      )
    })
})
