import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { openidSite } from '#testing/openid.ts'
import { encodedPairs, isAstray, PARAMETERS, usualValues, wrongValues } from '#testing/openid-hostile.ts'
import { member, plainClient } from '#testing/openid-people.ts'
import { basic } from '#testing/openid-requests.ts'

const site = await openidSite()
after(site.close)
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const client = await plainClient(site, { usesDeviceFlow: 1 })
const { browser } = await member(site)
const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

const PATHS = [
  ...['authorize', 'authorize/x', 'token', 'userinfo', 'jwks', 'revoke', 'introspect', 'sign-out', 'sign-out/confirm'],
  ...['sign-out/success', 'device/authorize', 'device', 'device/x', 'enter'],
].map((path) => `/oauth/${path}`)
const WELL_KNOWN = ['openid-configuration', 'oauth-authorization-server', 'webfinger'].map((at) => `/.well-known/${at}`)
const value = fc.oneof(
  fc.constantFrom(...usualValues(client)),
  fc.constantFrom(...wrongValues(client)),
  fc.string({ unit: character, maxLength: 40 }),
)
const pairs = fc.array(fc.tuple(fc.constantFrom(...PARAMETERS), value), { maxLength: 9 })
const request = fc.record({
  path: fc.constantFrom(...PATHS, ...WELL_KNOWN),
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'),
  query: pairs,
  body: fc.oneof(pairs, fc.constantFrom('%', '%ff=%fe', '{"a":', '=&=&', 'a'.repeat(20_000))),
  isKnown: fc.boolean(), // begins as a request that a client could have sent
  headers: fc.dictionary(
    fc.constantFrom(
      'Content-Type',
      'Accept',
      'Authorization',
      'Origin',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'Cookie',
    ),
    fc.constantFrom(
      ...[
        'application/x-www-form-urlencoded',
        'application/json',
        'text/html',
        'Bearer x',
        'Basic %',
        'Basic Og==',
        '*/*',
      ],
      ...[
        'evil.example',
        'https://evil.example',
        'null',
        cookie,
        basic(client).Authorization,
        'latchkey-openid=x; a',
        'é',
      ],
    ),
    { maxKeys: 4 },
  ),
})

const KNOWN: [string, string][] = [
  ['client_id', client.name],
  ['redirect_uri', client.redirect],
  ['response_type', 'code'],
  ['scope', 'openid'],
]

test('no request makes a fault, shows insides, or leads to an address that no client has registered (O05, O14)', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ path, method, query, body, isKnown, headers }) => {
      const target = `${path}?${encodedPairs([...(isKnown ? KNOWN : []), ...query])}`
      const sent = typeof body === 'string' ? body : encodedPairs(body)
      const answer = await site.carry(
        target,
        {
          method,
          headers: { Host: 'latchkey.test', ...headers },
          ...(['POST', 'PUT'].includes(method) && { body: sent }),
        },
        '203.0.113.9',
      )
      const text = await answer.text()
      assert.ok(answer.status < 500, `${answer.status}: ${text.slice(0, 300)}`)
      assert.doesNotMatch(text, /node_modules|\bat \w+ \(|app\/openid/)
      assert.equal(
        answer.headers.get('Set-Cookie')?.includes('a=b'),
        answer.headers.has('Set-Cookie') ? false : undefined,
      )
      const to = answer.headers.get('Location')
      if (to === null) return
      assert.ok(!isAstray(to, [client.redirect]), `led to ${to}`)
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 400), seed: 20_261_130 },
  )
})
