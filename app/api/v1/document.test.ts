import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { accounts } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { codeOf, latchkey, PASSWORD, signedUp, withAnother, withTwoFactor } from '#testing/index.ts'
import { withPasskey } from '#testing/passkeys.ts'
import { RequestOptions } from '#testing/software-authenticator.ts'

const product = await latchkey()
after(() => product.close())
const api = apiClient(product)
type Operations = Record<string, Record<string, { responses: Record<string, unknown>; 'x-scope'?: string }>>
const document = (await api.raw('GET', '/api/openapi.json')).body as { openapi: string; paths: Operations }

/** Every operation with a call that succeeds, in an order that works. */
const called = new Set<string>()
async function calls(method: string, path: string, status: number, bearer?: string, json?: unknown, template = path) {
  const answer = await api.call(method, path, bearer, json)
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
  const described = document.paths[template]?.[method.toLowerCase()]
  assert.ok(described, `${method} ${template} is in the document`)
  assert.ok(String(status) in described.responses, `${method} ${template} documents ${status}`)
  called.add(`${method} ${template}`)
  return answer.body
}

/** A passkey that was registered on the pages. */
async function withPasskeyAnswer({ id: challenge, factors }: { id: string; factors?: unknown }) {
  const { device } = await withPasskey(product)
  const { options } = z.object({ passkey: z.object({ options: RequestOptions }) }).parse(factors).passkey
  await calls('POST', '/sessions/passkey', 201, undefined, { challenge, passkey: JSON.parse(device.sign(options)) })
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    assert.match(document.openapi, /^3\.1\./)
    const { valid, errors } = await new Validator().validate(structuredClone(document) as never)
    assert.equal(valid, true, JSON.stringify(errors))
  })

  test('has an operation for every route of the API, and a route for every operation', () => {
    const inApp = new Set(
      product.app.routes
        .filter(({ path, method }) => path.startsWith('/api/v1/') && !path.endsWith('/*') && method !== 'ALL')
        .map(({ path, method }) => `${method} ${path.replace('/api/v1', '').replaceAll(/:(\w+)/g, '{$1}')}`),
    )
    const inDocument = new Set(
      Object.entries(document.paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    )
    assert.deepEqual([...inDocument].sort(), [...inApp].sort())
  })

  test('can be lived: every operation is called, and answers as it says', async () => {
    const { email } = await signedUp(product)
    const session = String((await calls('POST', '/sessions', 201, undefined, { email, password: PASSWORD })).session)
    await calls('GET', '/session', 200, session)
    await calls('GET', '/account', 200, session)
    await calls('GET', '/sessions', 200, session)
    await calls('GET', '/events', 200, session)
    await calls('GET', '/two-factor', 200, session)

    const begun = await calls('POST', '/two-factor/enrolment', 201, session, { password: PASSWORD })
    assert.match(String(begun.qr_svg), /^<svg/)
    const secret = String(begun.secret)
    const confirmation = { enrolment: begun.enrolment, code: codeOf(secret, product.clock.now(), -1) }
    const on = await calls('POST', '/two-factor/enrolment/confirm', 200, session, confirmation)
    assert.equal((on.recovery_codes as string[]).length, 12)
    const challenge = (await calls('POST', '/sessions', 202, undefined, { email, password: PASSWORD })).challenge as {
      id: string
    }
    await calls('POST', '/sessions/verify', 201, undefined, {
      challenge: challenge.id,
      code: codeOf(secret, product.clock.now()),
    })
    const asked = (await calls('GET', '/sessions/passkey', 200)).challenge as { id: string }
    await withPasskeyAnswer(asked)
    await calls('GET', '/two-factor/fresh-proof', 200, session)
    const viewed = await calls('POST', '/two-factor/recovery-codes/view', 200, session, { password: PASSWORD })
    assert.deepEqual(
      (viewed.recovery_codes as { code: string }[]).map(({ code }) => code),
      on.recovery_codes,
    )
    const renewed = await calls('POST', '/two-factor/recovery-codes/regenerate', 200, session, { password: PASSWORD })
    assert.notDeepEqual(renewed.recovery_codes, on.recovery_codes)

    const token = { password: PASSWORD, description: 'Backup job', scopes: ['account:read', 'sessions:read'] }
    const made = await calls('POST', '/tokens', 201, session, token)
    const { id } = made.token as { id: string }
    assert.equal((await api.call('GET', '/account', String(made.value))).status, 200)
    await calls('GET', '/tokens', 200, session)
    await calls(
      'PATCH',
      `/tokens/${id}`,
      200,
      session,
      { password: PASSWORD, description: 'Nightly backup' },
      '/tokens/{id}',
    )
    const again = await calls(
      'POST',
      `/tokens/${id}/regenerate`,
      200,
      session,
      { password: PASSWORD },
      '/tokens/{id}/regenerate',
    )
    assert.equal((await api.call('GET', '/account', String(made.value))).status, 401)
    assert.equal((await api.call('GET', '/account', String(again.value))).status, 200)
    await calls('DELETE', `/tokens/${id}`, 204, session, { password: PASSWORD }, '/tokens/{id}')
    assert.equal((await api.call('GET', '/account', String(again.value))).status, 401)

    await calls('POST', '/two-factor/fresh-proof', 204, session, { code: (renewed.recovery_codes as string[])[0] })
    const become = (role: 'member' | 'operator') =>
      product.database.db.update(accounts).set({ role }).where(eq(accounts.email, email))
    await become('operator')
    const invited = await calls('POST', '/invitations', 201, session, { account_ends_at: '2027-01-01T00:00:00Z' })
    await calls('GET', '/invitations', 200, session)
    const invitation = (invited.invitation as { id: string }).id
    await calls('DELETE', `/invitations/${invitation}`, 204, session, undefined, '/invitations/{id}')
    await become('member')
    await calls('DELETE', '/two-factor', 204, session, { password: PASSWORD })
    const other = await api.signedIn(email)
    const { sessions } = (await api.call('GET', '/sessions', session)).body as {
      sessions: { id: string; current: boolean }[]
    }
    const ended = sessions.find(({ current }) => !current)?.id
    await calls('DELETE', `/sessions/${ended}`, 204, session, undefined, '/sessions/{id}')
    assert.equal((await api.call('GET', '/session', other)).status, 401)
    await calls('DELETE', '/session', 204, session)

    const all = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    assert.deepEqual(
      all.filter((operation) => !called.has(operation)),
      [],
    )
    assert.deepEqual(product.faults, [])
  })
})

describe('an access token', () => {
  let token = ''
  before(async () => {
    const session = await api.signedIn((await signedUp(product)).email)
    const made = await api.call('POST', '/tokens', session, {
      password: PASSWORD,
      description: 'All',
      scopes: ['account:read', 'sessions:read', 'sessions:write', 'events:read'],
    })
    token = String(made.body.value)
  })

  test('with every scope still touches neither password, second factor, codes nor tokens (A65)', async () => {
    for (const [path, item] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(item)) {
        if (operation['x-scope'] !== 'session') continue
        const body = method === 'get' ? undefined : { password: PASSWORD }
        const answer = await api.call(method.toUpperCase(), path.replace('{id}', 'x'), token, body)
        assert.equal(answer.status, 403, `${method} ${path}`)
        assert.match(answer.headers.get('WWW-Authenticate') ?? '', /error="insufficient_scope"/)
      }
  })

  test('without the scope is told which one it needs', async () => {
    const session = await api.signedIn((await signedUp(product)).email)
    const made = await api.call('POST', '/tokens', session, {
      password: PASSWORD,
      description: 'Narrow',
      scopes: ['account:read'],
    })
    const refused = await api.call('GET', '/events', String(made.body.value))
    assert.equal(refused.status, 403)
    assert.match(refused.headers.get('WWW-Authenticate') ?? '', /scope="events:read"/)
  })

  test('mistyped in one letter is refused before the database is asked (A64)', async () => {
    const letter = token.at(10) === 'a' ? 'b' : 'a'
    const answer = await api.call('GET', '/account', token.slice(0, 10) + letter + token.slice(11))
    assert.equal(answer.status, 401)
    assert.match(answer.headers.get('WWW-Authenticate') ?? '', /error="invalid_token"/)
  })
})

describe('the authenticators', () => {
  test('are listed by name, when they were added and last used, without anything that is secret', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    await withAnother(product, browser, 'Spare phone')
    const challenge = await api.challenged(email)
    const code = codeOf(key, product.clock.now())
    const verified = await api.call('POST', '/sessions/verify', undefined, { challenge, code })
    const { body, text } = await api.call('GET', '/two-factor', String(verified.body.session))
    const now = product.clock.now().toISOString()
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name)
    assert.deepEqual((body.authenticators as { name: string }[]).toSorted(byName), [
      { name: 'Authenticator', added_at: now, last_used_at: now },
      { name: 'Spare phone', added_at: now, last_used_at: null },
    ])
    assert.deepEqual([body.on, body.recovery_codes_left], [true, 12])
    assert.doesNotMatch(text, /secret|counter|slot/)
  })

  test('are none where the second factor is off', async () => {
    const session = await api.signedIn((await signedUp(product)).email)
    const { body } = await api.call('GET', '/two-factor', session)
    assert.deepEqual(body, { on: false, since: null, recovery_codes_left: null, authenticators: [] })
  })
})

describe('the enrolment string', () => {
  test('of another session, changed in one character, or too old, turns nothing on (A10, A11, A29)', async () => {
    const one = await api.signedIn((await signedUp(product)).email)
    const two = await api.signedIn((await signedUp(product)).email)
    const begun = (await api.call('POST', '/two-factor/enrolment', one, { password: PASSWORD })).body
    const enrolment = String(begun.enrolment)
    const code = codeOf(String(begun.secret), product.clock.now())
    const confirm = (bearer: string, sent: string) =>
      api.call('POST', '/two-factor/enrolment/confirm', bearer, { enrolment: sent, code })
    assert.equal((await confirm(two, enrolment)).status, 422)
    const changed = `${enrolment.slice(0, 40)}${enrolment[40] === 'A' ? 'B' : 'A'}${enrolment.slice(41)}`
    assert.equal((await confirm(one, changed)).status, 422)
    assert.equal((await api.call('GET', '/two-factor', one)).body.on, false)
    assert.equal((await confirm(one, enrolment)).status, 200)
    assert.equal((await confirm(one, enrolment)).status, 409)
  })

  test('is not given where a second factor is on', async () => {
    const { email, key } = await withTwoFactor(product)
    const challenge = await api.challenged(email)
    const session = String(
      (await api.call('POST', '/sessions/verify', undefined, { challenge, code: codeOf(key, product.clock.now()) }))
        .body.session,
    )
    const refused = await api.call('POST', '/two-factor/enrolment', session, { password: PASSWORD })
    assert.equal(refused.status, 409)
    assert.doesNotMatch(refused.text, /secret/)
  })
})
