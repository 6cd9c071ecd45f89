import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { createGroup } from '#app/operators/groups.ts'
import { everyRow, latchkey } from '#testing/index.ts'
import { createClient } from './manage.ts'
import { asWritten, type ClientChange, clientIn, NEW_CLIENT } from './written-client.ts'

const product = await latchkey()
after(product.close)

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
const SITE = { baseUrl: 'https://accounts.example.com' }
const REDIRECT = { redirects: ['https://wiki.example.com/callback'] }
const read = (of: ClientChange & { name?: string }, site = SITE) =>
  clientIn({ ...NEW_CLIENT, name: 'wiki', ...REDIRECT, ...of } as Parameters<typeof clientIn>[0], site)
/** Each as `field at reason`. */
const wrongOf = (of: ClientChange & { name?: string }, site = SITE) => {
  const result = read(of, site)
  return result.ok ? [] : result.wrong.map(({ field, at, reason }) => `${field} ${at} ${reason}`)
}
await createGroup(product.deps, 'editors', BY)

const key = (of = {}) => ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), ...of })

describe('where an app may have people sent back to', () => {
  const GOOD = [
    ...['https://wiki.example.com', 'https://wiki.example.com/a/b?c=d', 'https://wiki.example.com:8443/callback'],
    ...['http://localhost/callback', 'http://127.0.0.1:8080/', 'http://[::1]/callback', 'http://nas/callback'],
    ...['http://192.168.1.10:3000/callback', 'http://10.0.0.2/', 'http://[fd00::1]/callback', 'http://nas.local/cb'],
    ...['http://grafana.home.arpa/', 'app.immich:///oauth-callback', 'com.example.app:/callback', 'obsidian://login'],
  ]
  for (const uri of GOOD) test(`${uri} is taken`, () => assert.deepEqual(wrongOf({ redirects: [uri] }), []))

  const BAD = [
    ['https://*.example.com/callback', 'uri_wildcard'],
    ['https://wiki.example.com/*', 'uri_wildcard'],
    ['https://wiki.example.com/callback#here', 'uri_fragment'],
    ['https://wiki.example.com/#', 'uri_fragment'],
    ['https://me@wiki.example.com/', 'uri_userinfo'],
    ['https://wiki.example.com:pw@evil.example/', 'uri_userinfo'],
    ['https://@wiki.example.com/', 'uri_userinfo'],
    ['http://wiki.example.com/callback', 'http_elsewhere'],
    ['http://8.8.8.8/callback', 'http_elsewhere'],
    ['http://192.168.1.10.example.com/', 'http_elsewhere'],
    ['javascript:alert(1)', 'uri_scheme'],
    ['JavaScript:alert(1)', 'uri_scheme'],
    ['data:text/html,x', 'uri_scheme'],
    ['vbscript:x', 'uri_scheme'],
    ['file:///etc/passwd', 'uri_scheme'],
    ['blob:https://wiki.example.com/1', 'uri_scheme'],
    ['about:blank', 'uri_scheme'],
    ['/callback', 'no_uri'],
    ['wiki.example.com', 'no_uri'],
    ['https:wiki.example.com/', 'no_uri'],
    ['https:///callback', 'no_uri'],
    ['https://wiki.example.com\\@evil.example/', 'no_uri'],
    ['https://wiki.example.com/a/../b', 'no_uri'],
    ['https://wiki.example.com/a/%2E%2e/b', 'no_uri'],
    ['https://wiki.example.com/call back', 'no_uri'],
    ['https://wiki.example.com/\u0000', 'no_uri'],
    ['https://ẅiki.example.com/', 'no_uri'],
    [`https://wiki.example.com/${'a'.repeat(500)}`, 'no_uri'],
    ['', 'no_uri'],
  ] as const
  for (const [uri, reason] of BAD)
    test(`${JSON.stringify(uri.slice(0, 60))} is refused, there and after signing out (O05)`, () => {
      assert.deepEqual(wrongOf({ redirects: [...REDIRECT.redirects, uri] }), [`redirects 1 ${reason}`])
      assert.deepEqual(wrongOf({ signedOut: [uri] }), [`signedOut 0 ${reason}`])
    })

  test('there is at least one, unless the app signs in as a device does, and each is there once', () => {
    assert.deepEqual(wrongOf({ redirects: [] }), ['redirects 0 no_redirects'])
    assert.deepEqual(wrongOf({ redirects: [], usesDeviceFlow: true }), [])
    assert.deepEqual(wrongOf({ redirects: ['https://a.example/', 'https://a.example/'] }), ['redirects 1 twice'])
    const many = Array.from({ length: 51 }, (_, n) => `https://a.example/${n}`)
    assert.deepEqual(wrongOf({ redirects: many }), ['redirects 0 too_many'])
  })

  test('a scheme of its own and plain http elsewhere are of two kinds of apps', () => {
    const both = ['app.immich:/callback', 'http://nas.local/callback']
    assert.deepEqual(wrongOf({ redirects: both }), ['redirects 0 scheme_beside_http'])
    assert.deepEqual(wrongOf({ redirects: both.slice(0, 1), signedOut: both.slice(1) }), [
      'redirects 0 scheme_beside_http',
    ])
  })

  test('a portal that has no https itself leads to http anywhere', () =>
    assert.deepEqual(wrongOf({ redirects: ['http://wiki.example.com/'] }, { baseUrl: 'http://accounts.lan' }), []))
})

describe('a client that can’t be', () => {
  const auth = 'private_key_jwt'
  const BAD: [string, ClientChange & { name?: string }, string[]][] = [
    ['with a name that is none', { name: 'A wiki' }, ['name 0 no_name']],
    ['with a title that can’t be seen', { title: '\u200b' }, ['title 0 no_title']],
    ['of no level', { level: 'public' }, ['level 0 no_level']],
    ['with no age of a proof', { maxAge: 'soon' }, ['maxAge 0 no_max_age']],
    ['with a way to show who it is that there isn’t', { auth: 'client_secret_jwt' }, ['auth 0 no_auth']],
    ['with `alg: none` (O12)', { alg: 'none' }, ['alg 0 no_alg']],
    ['without a secret and without PKCE (O04)', { auth: 'none', needsPkce: false }, ['needsPkce 0 public_needs_pkce']],
    ['without its keys', { auth }, ['jwks 0 one_of_jwks']],
    [
      'with its keys in two places',
      { auth, jwks: JSON.stringify({ keys: [key()] }), jwksUri: 'https://a.example/' },
      ['jwks 0 one_of_jwks'],
    ],
    ['with keys that are none', { auth, jwks: '{"keys":[{"kty":"x"}]}' }, ['jwks 0 no_jwks']],
    ['with an empty list of keys', { auth, jwks: '{"keys":[]}' }, ['jwks 0 no_jwks']],
    ['with a private key', { auth, jwks: JSON.stringify({ keys: [key({ d: 'x' })] }) }, ['jwks 0 private_jwks']],
    ['with keys and a secret', { jwksUri: 'https://a.example/' }, ['auth 0 jwks_without_use']],
    ['that publishes keys in a file', { auth, jwksUri: 'file:///keys' }, ['jwksUri 0 uri_scheme']],
    ['that hears of sign-outs by mail', { backchannel: 'mailto:a@example.com' }, ['backchannel 0 uri_scheme']],
    [
      'with names of its own for people, at two hosts',
      { isPairwise: true, redirects: ['https://a.example/', 'https://b.example/'] },
      ['isPairwise 0 pairwise_needs_one_host'],
    ],
    [
      'with names of its own for people, as a device',
      { isPairwise: true, usesDeviceFlow: true },
      ['isPairwise 0 pairwise_without_device'],
    ],
    ['with half a claim', { claims: ['editors role'] }, ['claims 0 no_claim']],
    ['with a claim that has no plain name', { claims: ['editors "role" x'] }, ['claims 0 no_claim']],
    ['with a claim of what is no group', { claims: ['A role x'] }, ['claims 0 no_such_group']],
    ['with one claim twice for a group', { claims: ['editors role a', 'editors role b'] }, ['claims 1 twice']],
  ]
  for (const claim of ['sub', 'email', 'groups', 'acr', 'nonce', 'aud', 'constructor'])
    BAD.push([
      `with a claim of its own called ${claim}`,
      { claims: [`editors ${claim} x`] },
      ['claims 0 standard_claim'],
    ])
  for (const [what, of, wrong] of BAD) test(`${what} is refused`, () => assert.deepEqual(wrongOf(of), wrong))

  test('leaves nothing behind, and all that is wrong is said at once', async () => {
    const before = await everyRow(product)
    const of = { redirects: ['x'], level: 'none', claims: ['nobody role x'], groups: ['nobody'] }
    const result = await createClient(product.deps, { name: 'bad', ...of }, BY)
    assert.ok(!result.ok)
    assert.deepEqual(result.wrong.map(({ field }) => field).sort(), ['level', 'redirects'])
    const noGroup = await createClient(product.deps, { name: 'bad', ...of, ...REDIRECT, level: 'password' }, BY)
    assert.ok(!noGroup.ok)
    assert.deepEqual(
      noGroup.wrong.map(({ field, reason }) => `${field} ${reason}`),
      ['groups no_such_group', 'claims no_such_group'],
    )
    const good = { ...REDIRECT, name: 'good' }
    assert.deepEqual(await everyRow(product), before)
    assert.ok((await createClient(product.deps, good, BY)).ok)
    const twice = await createClient(product.deps, good, BY)
    assert.ok(!twice.ok)
    assert.deepEqual(twice.wrong, [{ field: 'name', at: 0, value: 'good', reason: 'there_already' }])
  })
})

test('what is stored is written as it was read', () => {
  const result = read({
    ...{ title: 'Wiki', groups: ['readers', 'editors'], maxAge: '90m', signedOut: ['https://wiki.example.com/bye'] },
    ...{ auth: 'private_key_jwt', jwks: JSON.stringify({ keys: [key()] }), alg: 'EdDSA', isPairwise: true },
    ...{ claims: ['readers role viewer', 'editors role editor in chief'], backchannel: 'http://wiki.example.com/out' },
  })
  assert.ok(result.ok)
  assert.deepEqual(clientIn(asWritten(result.client), SITE), result)
})
