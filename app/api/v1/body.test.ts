import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { codeOf, latchkey, PASSWORD, signedUp, withTwoFactor } from '../../testing.ts'
import { hasRepeatedName } from '../json-body.ts'
import { apiClient } from './testing.ts'

const product = await latchkey()
after(() => product.close())
const api = apiClient(product)
const { email } = await signedUp(product)
const right = { email, password: PASSWORD }
const post = (body: string | Uint8Array, type = 'application/json') =>
  api.raw('POST', '/api/v1/sessions', { body: body as BodyInit, headers: { 'Content-Type': type } })

describe('what comes in by /api/v1', () => {
  const refused: [string, string | Uint8Array, number][] = [
    ['no body', '', 400],
    ['no JSON', '{"email":', 400],
    ['an array', '[]', 422],
    ['a number', '7', 422],
    ['null', 'null', 422],
    ['a field missing', JSON.stringify({ email }), 422],
    ['a field of another type', JSON.stringify({ email, password: 7 }), 422],
    ['a list for a field', JSON.stringify({ email, password: [PASSWORD] }), 422],
    ['an unknown field', JSON.stringify({ ...right, role: 'owner' }), 422],
    ['__proto__', '{"email":"a@example.com","password":"x","__proto__":{"admin":true}}', 422],
    ['a field twice (A59)', `{"email":"${email}","password":"no","password":"${PASSWORD}"}`, 400],
    ['NUL (A58)', JSON.stringify({ email, password: 'a\u0000b' }), 400],
    ['half a surrogate pair (A58)', '{"email":"a@example.com","password":"\\ud800"}', 400],
    ['the other half (A58)', '{"email":"a@example.com","password":"\\udc00"}', 400],
    ['bytes that are not UTF-8', new Uint8Array([123, 34, 255, 254, 34, 125]), 400],
    ['a megabyte (A56)', JSON.stringify({ email, password: 'x'.repeat(1_000_000) }), 413],
    ['nesting without end', '['.repeat(20_000) + ']'.repeat(20_000), 422],
  ]
  for (const [what, body, status] of refused)
    test(`${what} is refused with ${status}, in the API’s own form`, async () => {
      const answer = await post(body)
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.headers.get('Content-Type'), 'application/problem+json')
      assert.match(String(answer.body.type), /^\/api\/docs#problem-/)
      assert.doesNotMatch(answer.text, /at .*\.ts|node_modules/)
    })

  test('another content type is refused with 415 (A42, A57)', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-7', ''])
      assert.equal((await post(JSON.stringify(right), type)).status, 415, type)
    for (const type of ['application/json;v=1;charset="utf-7"', 'application/json; charset=utf-8; charset=utf-16'])
      assert.equal((await post(JSON.stringify(right), type)).status, 415, type)
  })

  test('JSON is JSON with any parameter, spacing and letter case that is legal (D23)', async () => {
    for (const parameters of [
      '; charset=UTF-8',
      ' ;\tCharset="utf-8"',
      ';v=1',
      '; odata.metadata=none; x="a;b,c"',
      ';',
    ])
      assert.equal((await post(JSON.stringify(right), `Application/JSON${parameters}`)).status, 201, parameters)
  })

  test('so is one of a DELETE whose body is empty, and an empty body in pieces without any', async () => {
    const { email, key } = await withTwoFactor(product)
    const challenge = await api.challenged(email)
    const code = codeOf(key, product.clock.now())
    const { session } = (await api.call('POST', '/sessions/verify', undefined, { challenge, code })).body
    const Authorization = `Bearer ${session}`
    const body = new ReadableStream({ start: (stream) => stream.close() })
    const requests: RequestInit[] = [
      { headers: { 'Content-Type': 'text/plain' } },
      { body, duplex: 'half' } as RequestInit,
    ]
    for (const { headers, ...init } of requests) {
      const all = { Authorization, ...(headers as Record<string, string>) }
      const answer = await api.raw('DELETE', '/api/v1/two-factor', { ...init, headers: all })
      assert.equal(answer.status, 415, answer.text)
    }
  })

  test('an unknown address is 404, an unused method 405 with Allow, both as problems', async () => {
    const missing = await api.call('GET', '/nothing')
    assert.equal(missing.status, 404)
    assert.equal(missing.headers.get('Content-Type'), 'application/problem+json')
    const bare = await api.call('GET', '')
    assert.equal(bare.status, 404, 'the address of all of it')
    assert.equal(bare.headers.get('Content-Type'), 'application/problem+json')
    const unused = await api.call('PUT', '/sessions', undefined, {})
    assert.equal(unused.status, 405)
    assert.equal(unused.headers.get('Allow'), 'GET, HEAD, POST')
    assert.equal(unused.headers.get('Content-Type'), 'application/problem+json')
  })

  test('an id that no row can have is not found, whatever is in it (A58)', async () => {
    const session = await api.signedIn(email)
    const remove = (path: string, body?: unknown) => api.call('DELETE', path, session, body)
    for (const id of ['%00', 'a%00b', '%EF%BF%BD', '%ED%A0%80', '%F0%9F%98%80', '%22', 'x'.repeat(64)]) {
      assert.equal((await remove(`/sessions/${id}`)).status, 404, id)
      assert.equal((await remove(`/tokens/${id}`, { password: PASSWORD })).status, 404, id)
    }
    const headers = { Authorization: `Bearer ${session}`, 'Content-Type': 'application/x-www-form-urlencoded' }
    for (const method of ['signoutsessions', 'deletetokens']) {
      const body = new URLSearchParams({ ids: '["\\u0000"]', ...(method === 'deletetokens' && { password: PASSWORD }) })
      const answer = await api.raw('POST', `/1.0/users/authentication/rest/${method}`, { body: `${body}`, headers })
      assert.equal(answer.body.result, 5, answer.text)
    }
  })

  test('a page of another site is refused, a program is not (A37)', async () => {
    const headers = { Origin: 'https://evil.example', 'Content-Type': 'application/json' }
    assert.equal((await api.raw('POST', '/api/v1/sessions', { body: JSON.stringify(right), headers })).status, 403)
    assert.equal((await post(JSON.stringify(right))).status, 201)
  })

  test('secrets in the address are refused, and two Authorization headers are (A48, A64)', async () => {
    const session = await api.signedIn(email)
    assert.equal((await api.call('GET', `/account?access_token=${session}`, session)).status, 400)
    for (const header of [`Bearer ${session}, Bearer ${session}`, `Basic ${session}`, `Bearer ${session} `, 'Bearer'])
      assert.notEqual(
        (await api.call('GET', '/account', undefined, undefined, { Authorization: header })).status,
        header.endsWith(' ') ? 500 : 200,
      )
  })

  test('nothing of all this was a fault of ours', () => assert.deepEqual(product.faults, []))

  test('a repeated name is found at any depth, and only within one object', () => {
    assert.equal(hasRepeatedName('{"a":{"b":1,"b":2}}'), true)
    assert.equal(hasRepeatedName('{"\\u0061":1,"a":2}'), true)
    assert.equal(hasRepeatedName('{"a":{"a":"a"},"b":["a",{"a":1},{"a":2}]}'), false)
    assert.equal(hasRepeatedName('{"a":"{\\"a\\":1}","b":"]}"}'), false)
  })
})
