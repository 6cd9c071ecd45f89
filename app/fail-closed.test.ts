import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Database } from '#db/client.ts'
import { insertEvents, writtenBy } from '#db/stores/statements.ts'
import {
  BASE_URL,
  codeOf,
  everyRow,
  keptLog,
  type Latchkey,
  latchkey,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, assertUnreadable } from '#testing/invariants.ts'

// A75: whatever part of signing in throws, nobody gets in, nothing is half done, and one line says that it was our fault.
const sound = await latchkey()
after(sound.close)
const { database, vault, clock } = sound

let plain: string
let owner: Awaited<ReturnType<typeof withTwoFactor>>
before(async () => {
  plain = (await signedUp(sound)).email
  owner = await withTwoFactor(sound)
})

/** The error that a part throws quotes everything it could know. */
const broken = () => {
  throw new Error(
    `cannot handle ${PASSWORD} ${owner.key} ${owner.codes.join(' ')} ${owner.email}\n    at ${PASSWORD}:1:1`,
  )
}

type Product = Latchkey & { kept: ReturnType<typeof keptLog> }
async function productWith(breaking: (product: Latchkey) => void, over: Database = database): Promise<Product> {
  const kept = keptLog()
  const product = await latchkey({}, { database: over, vault, clock, log: kept.log })
  breaking(product)
  return { ...product, kept }
}

/** Replaces each row for the log of security events with one that the database refuses. */
const withoutEvents: Database = {
  ...database,
  atomically: (build, options) =>
    database.atomically(
      (tx) =>
        build(tx).flatMap((step) => {
          const events = writtenBy(step)?.events ?? []
          return events.length === 0 ? [step] : events.map((row) => insertEvents(tx, { ...row, kind: null as never }))
        }),
      options,
    ),
}

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const REST = '/1.0/users/authentication/rest'
type Ask = { path: string; type: string; body: string; cookie?: string }
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const json = (fields: Record<string, string>) => JSON.stringify(fields)

const page = (email: string): Ask => ({ path: '/sign-in', type: FORM, body: form({ email, password: PASSWORD }) })
const v1 = (email: string): Ask => ({
  path: '/api/v1/sessions',
  type: JSON_TYPE,
  body: json({ email, password: PASSWORD }),
})
const jelastic = (login: string): Ask => ({
  path: `${REST}/signin`,
  type: FORM,
  body: form({ login, password: PASSWORD }),
})

/** A right password and a code at each door. The pending sign-in for the code began at the sound product. */
const DOORS: Record<string, { password(email: string): Ask; code(code: string): Promise<Ask> }> = {
  page: {
    password: page,
    async code(code) {
      const answer = await send(sound, page(owner.email))
      const [cookie = ''] =
        answer.headers
          .getSetCookie()
          .find((each) => each.startsWith(`${PENDING}=`))
          ?.split(';') ?? []
      return { path: '/sign-in/two-factor', type: FORM, body: form({ code }), cookie }
    },
  },
  '/api/v1': {
    password: v1,
    async code(code) {
      const { challenge } = JSON.parse((await send(sound, v1(owner.email))).html)
      return { path: '/api/v1/sessions/verify', type: JSON_TYPE, body: json({ challenge: challenge.id, code }) }
    },
  },
  '/1.0': {
    password: jelastic,
    async code(code) {
      const { session } = JSON.parse((await send(sound, jelastic(owner.email))).html)
      return { path: `${REST}/verify2facode`, type: FORM, body: form({ session, code }) }
    },
  },
}

const send = (product: Latchkey, { path, type, body, cookie }: Ask, more: Record<string, string> = {}) => {
  const headers = { 'Content-Type': type, Origin: BASE_URL, 'Sec-Fetch-Site': 'same-origin', ...more }
  return product
    .browser()
    .send(path, { method: 'POST', body, headers: cookie ? { ...headers, Cookie: cookie } : headers })
}

/** The door answers the fault in its own form, nobody gains anything, and the log has one line without a secret. */
function assertDenied(door: string, answer: Awaited<ReturnType<typeof send>>, { kept }: Product, code = '') {
  assert.deepEqual(answer.headers.getSetCookie(), [])
  assertUnreadable(answer.html, [PASSWORD, owner.key])
  if (door === 'page') {
    assert.equal(answer.status, 500)
    assert.equal(answer.html.match(/<h1/g)?.length, 1)
  } else if (door === '/api/v1') {
    assert.equal(answer.status, 500)
    assert.equal(answer.headers.get('Content-Type'), 'application/problem+json')
    const { type, title, status, detail, ...more } = JSON.parse(answer.html)
    assert.deepEqual(
      [type, status, typeof title, typeof detail],
      ['/api/docs#problem-internal', 500, 'string', 'string'],
    )
    assert.deepEqual(more, {})
  } else {
    const { result, error, ...more } = JSON.parse(answer.html)
    assert.deepEqual([result, typeof error, more], [99, 'string', { reason: 99, source: 'latchkey' }])
  }
  assert.equal(kept.of('fault').length, 1)
  assert.equal(kept.of('security_event').length, 0)
  assertUnreadable(kept.text(), [PASSWORD, owner.key, owner.email, code, ...owner.codes].filter(Boolean))
}

const rightCode = () => {
  clock.advance(30_000)
  return codeOf(owner.key, clock.now())
}

/** Everything but the counts of attempts, which are charged before anything is looked at. */
async function rows() {
  const { sessions, factors, recovery_codes, accounts, events } = await everyRow(sound)
  return { sessions, factors, recovery_codes, accounts, events }
}

/** An attempt that ended in a fault stays charged. An hour apart, none has to wait for earlier ones. */
const anHourLater = () => clock.advance(60 * 60_000)
beforeEach(anHourLater)
afterEach(() => assertInvariants(database, [PASSWORD, owner.key, ...owner.codes]))

type Breaking = { part: string; of: ('password' | 'code' | 'recovery code')[]; product: () => Promise<Product> }
const PARTS: Breaking[] = [
  {
    part: 'the check of a password',
    of: ['password'],
    product: () => productWith(({ deps }) => void Object.assign(deps.passwords, { verify: broken })),
  },
  {
    part: 'the check of a code',
    of: ['code'],
    product: () =>
      productWith(
        ({ deps }) =>
          void Object.assign(deps.factorKinds[0], { read: () => ({ method: 'authenticator', judge: broken }) }),
      ),
  },
  {
    part: 'the limiter',
    of: ['password', 'code', 'recovery code'],
    product: () => productWith(({ deps }) => void Object.assign(deps.limits, { charge: broken })),
  },
  {
    part: 'the writing of events',
    of: ['password', 'code', 'recovery code'],
    product: () => productWith(() => {}, withoutEvents),
  },
]

for (const { part, of, product } of PARTS)
  describe(`where ${part} throws, nobody gets in (A75)`, () => {
    for (const [door, { password, code }] of Object.entries(DOORS))
      for (const step of of)
        test(`with a right ${step} by ${door}`, async () => {
          const typed = step === 'code' ? rightCode() : (owner.codes[0] ?? '')
          const ask = step === 'password' ? password(plain) : await code(typed)
          const before = await rows()
          const failing = await product()
          assertDenied(door, await send(failing, ask), failing, step === 'password' ? '' : typed)
          assert.deepEqual(await rows(), before)
        })
  })

describe('where the check of where a request comes from throws, nobody gets in (A75)', () => {
  for (const [door, { password }] of Object.entries(DOORS))
    test(`with a right password by ${door}`, async () => {
      const failing = await productWith(() => {})
      const before = await everyRow(sound)
      const { path, type, body } = password(plain)
      const request = new Request(`${BASE_URL}${path}`, { method: 'POST', body, headers: { 'Content-Type': type } })
      const told = new Headers({ 'Content-Type': type, Host: new URL(BASE_URL).host, Origin: BASE_URL })
      const get = told.get.bind(told)
      told.get = (name) => (name.toLowerCase() === 'sec-fetch-site' ? broken() : get(name))
      Object.defineProperty(request, 'headers', { value: told })
      const environment = { incoming: { socket: { remoteAddress: '192.0.2.1' }, rawHeaders: [] } }
      const response = await failing.app.fetch(request, environment as never)
      const html = await response.text()
      assertDenied(door, { ...response, status: response.status, headers: response.headers, html } as never, failing)
      assert.deepEqual(await everyRow(sound), before)
    })
})

test('where the writing of events throws, a wrong password and a wrong code are no right ones for that (A75)', async () => {
  for (const [door, { password, code }] of Object.entries(DOORS)) {
    const before = await rows()
    const asks = [{ ...password(plain), body: password(plain).body.replace('violet', 'purple') }, await code('000000')]
    for (const ask of asks) {
      const failing = await productWith(() => {}, withoutEvents)
      assertDenied(door, await send(failing, ask), failing)
    }
    anHourLater()
    assert.deepEqual(await rows(), before)
  }
})

test('the sound product lets the same in: what was denied above was right, and not spent', async () => {
  for (const { password, code } of Object.values(DOORS)) {
    const before = (await rows()).sessions?.length ?? 0
    await send(sound, password(plain))
    await send(sound, await code(rightCode()))
    assert.equal((await rows()).sessions?.length, before + 2)
  }
  const answer = await send(sound, (await DOORS.page?.code(owner.codes[0] ?? '')) ?? assert.fail())
  assert.ok(answer.headers.getSetCookie().some((cookie) => cookie.startsWith(`${SESSION}=`)))
})
