import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import {
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  manyOwingCode,
  newEmail,
  PASSWORD,
  SESSION,
  withTwoFactor,
} from '#testing/index.ts'
import { HashQueueFull } from '../lib/passwords.ts'

const product = await latchkey()
after(() => product.close())
const { deps } = product

const SECRET = 'constraint failed: secret=JBSWY3DPEHPK3PXP'
const broken = () => Promise.reject(new Error(SECRET))

let owner: Awaited<ReturnType<typeof withTwoFactor>>
before(async () => {
  owner = await withTwoFactor(product)
})

/** Replaces one of a store's functions until the test is over. */
const repairs: (() => void)[] = []
function breaks<Store extends object, Name extends keyof Store>(store: Store, name: Name, by: Store[Name]) {
  const whole = store[name]
  store[name] = by
  repairs.push(() => {
    store[name] = whole
  })
}
afterEach(() => {
  for (const repair of repairs.splice(0)) repair()
})

beforeEach(() => void product.faults.splice(0))

/** A page of ours that says whose fault it is, but not what happened. */
function isFault(answer: Awaited<ReturnType<typeof owner.browser.get>>, status = 500) {
  assert.equal(answer.status, status)
  assert.equal(answer.html.match(/<h1/g)?.length, 1)
  assert.match(answer.html, /<a [^>]*href="\/"/)
  assert.doesNotMatch(answer.html, /constraint|JBSWY3DP|Error|at .*\.ts/)
  assert.deepEqual(answer.headers.getSetCookie(), [])
}

const pending = async () => {
  const [browser] = await manyOwingCode(product, owner.email, 1)
  if (!browser) throw new Error('There is no browser.')
  return browser
}

const rightCode = () => {
  product.clock.advance(30_000)
  return codeOf(owner.key, product.clock.now())
}

describe('a store that throws denies the request, and nothing is half done', () => {
  test('while the attempt is charged: a right password (A75)', async () => {
    const before = await everyRow(product)
    breaks(deps.limits, 'charge', broken)
    isFault(await product.browser().post('/sign-in', { email: owner.email, password: PASSWORD }))
    assert.deepEqual(await everyRow(product), before)
    assert.equal(product.faults.length, 1)
  })

  test('while the attempt is charged: a right code (A75)', async () => {
    const browser = await pending()
    const before = await everyRow(product)
    breaks(deps.limits, 'charge', broken)
    isFault(await browser.post('/sign-in/two-factor', { code: rightCode() }))
    assert.deepEqual(await everyRow(product), before)
  })

  test('while the attempt of the pending sign-in is spent: a right code (A75)', async () => {
    const browser = await pending()
    const { sessions, factors } = await everyRow(product)
    breaks(deps.secondSteps, 'spendAttempt', broken)
    isFault(await browser.post('/sign-in/two-factor', { code: rightCode() }))
    const afterwards = await everyRow(product)
    assert.deepEqual([afterwards.sessions, afterwards.factors], [sessions, factors])
  })

  test('while a code is judged: no factor kind answers (A75)', async () => {
    const browser = await pending()
    const [totp] = deps.factorKinds
    breaks(totp, 'read', () => ({ method: 'authenticator', judge: broken, enrol: broken }))
    isFault(await browser.post('/sign-in/two-factor', { code: rightCode() }))
    assert.ok(!browser.cookies.has(SESSION))
  })

  test('while a session is looked for: every guarded page (A75)', async () => {
    breaks(deps.sessions, 'find', broken)
    breaks(deps.activity, 'visitorWithSignIns', broken)
    breaks(deps.activity, 'visitorWithEvents', broken)
    breaks(deps.accountSessions, 'visitorWithSessions', broken)
    breaks(deps.checkUps, 'visitorForCheckUp', broken)
    breaks(deps.signedInApps, 'visitorWithApps', broken)
    breaks(deps.accessTokens, 'visitorWithTokens', broken)
    breaks(deps.authenticators, 'visitorWithFactors', broken)
    breaks(deps.recoveryCodes, 'visitorWithCodes', broken)
    const pages = product.app.routes.filter(({ method, path }) => method === 'GET' && /^\/(settings\/.*)?$/.test(path))
    assert.ok(pages.length > 30)
    for (const { path } of pages) isFault(await copyOf(product, owner.browser).get(path.replace(':id', 'x')))
    isFault(await copyOf(product, owner.browser).get('/sign-in'))
  })

  test('while the log of a sign-in is written: the code stays unspent and no session is left (A75)', async () => {
    const browser = await pending()
    const rows = async () => {
      const { sessions, factors, events, pending_sign_ins } = await everyRow(product)
      return { sessions, factors, events, pending: pending_sign_ins?.length }
    }
    const before = await rows()
    const { complete } = deps.secondSteps
    breaks(deps.secondSteps, 'complete', (of, proof) =>
      complete({ ...of, events: of.events.map((event) => ({ ...event, kind: null as never })) }, proof),
    )
    const code = rightCode()
    isFault(await browser.post('/sign-in/two-factor', { code }))
    assert.deepEqual(await rows(), before)
    for (const repair of repairs.splice(0)) repair()
    assert.equal((await browser.post('/sign-in/two-factor', { code })).location, '/')
  })

  test('while the log of a recovery code is written: the code stays unused (A75)', async () => {
    const browser = await pending()
    const { recovery_codes: before } = await everyRow(product)
    const { complete } = deps.secondSteps
    breaks(deps.secondSteps, 'complete', (of, proof) =>
      complete({ ...of, events: of.events.map((event) => ({ ...event, kind: null as never })) }, proof),
    )
    isFault(await browser.post('/sign-in/two-factor', { code: owner.codes[0] ?? '' }))
    assert.deepEqual((await everyRow(product)).recovery_codes, before)
  })

  test('while the log of a sign-up is written: there is no account (A75)', async () => {
    const before = await everyRow(product)
    const { signUp } = deps.accounts
    breaks(deps.accounts, 'signUp', (of) =>
      signUp({ ...of, events: of.events.map((event) => ({ ...event, kind: null as never })) }),
    )
    isFault(await product.browser().post('/sign-up', { email: newEmail(), password: PASSWORD }))
    const { limits: _counted, ...afterwards } = await everyRow(product)
    const { limits: _before, ...rest } = before
    assert.deepEqual(afterwards, rest)
  })

  test('while a wrong code is recorded: that does not make it right (A75)', async () => {
    const browser = await pending()
    breaks(deps.secondSteps, 'record', broken)
    isFault(await browser.post('/sign-in/two-factor', { code: '000000' }))
    assert.ok(!browser.cookies.has(SESSION))
  })

  test('while the database is asked for its health', async () => {
    breaks(deps.housekeeping, 'answers', broken)
    assert.equal((await product.browser().get('/healthz')).status, 503)
  })
})

describe('what will pass is answered with 503 and Retry-After', () => {
  test('too many passwords at once', async () => {
    breaks(deps.passwords, 'verify', () => Promise.reject(new HashQueueFull()))
    const answer = await product.browser().post('/sign-in', { email: owner.email, password: PASSWORD })
    isFault(answer, 503)
    assert.equal(answer.headers.get('Retry-After'), '2')
    assert.deepEqual(product.faults, [], 'it is no fault')
  })

  test('another process that holds the lock of the database', async () => {
    const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
    breaks(deps.sessions, 'find', () => Promise.reject(new Error('Failed query', { cause: busy })))
    const answer = await copyOf(product, owner.browser).get('/settings/account')
    isFault(answer, 503)
    assert.equal(answer.headers.get('Retry-After'), '2')
  })
})

test('an error page has one h1, a sentence and a way on, whatever was refused', async () => {
  const nobody = product.browser()
  const answers = [
    await nobody.get('/nothing'),
    await nobody.post('/'),
    await nobody.post('/sign-in', { x: 'y' }),
    await nobody.post('/sign-in', {}, { Origin: 'null' }),
    await nobody.post('/sign-in', 'x', { 'Content-Type': 'text/plain' }),
    await nobody.get('/', { Host: 'evil.example' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [404, 405, 400, 403, 415, 421],
  )
  for (const { html } of answers) {
    assert.equal(html.match(/<h1/g)?.length, 1)
    assert.match(html, /<p[^>]*>[^<]{20,}<\/p>/)
    assert.match(html, /<a [^>]*href="/)
  }
  assert.deepEqual(product.faults, [])
})
