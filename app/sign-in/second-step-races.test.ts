import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  accountOf,
  type Browser,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  manyOwingCode,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const CODE_PAGE = '/sign-in/two-factor'

const product = await latchkey()
after(() => product.close())
// Another process of the same product: everything must also hold between the two (A76).
const neighbour = await latchkey({}, product)

/** How many got in. Checks that every other one heard no. */
async function letIn(browsers: Browser[], code: string) {
  const answers = await Promise.all(browsers.map((browser) => browser.post(CODE_PAGE, { code })))
  const inside = answers.filter(({ location }) => location === '/')
  for (const { status } of answers) assert.ok([303, 422, 429].includes(status), `answered ${status}`)
  assert.deepEqual([product.faults, neighbour.faults], [[], []])
  return inside.length
}

const sessionsOf = async (email: string) => {
  const { id } = await accountOf(product, email)
  const { sessions = [] } = await everyRow(product)
  return sessions.filter((row) => row.includes(`"accountId":${id},`)).length
}

const spread = async (email: string, many: number) => [
  ...(await manyOwingCode(product, email, many / 2)),
  ...(await manyOwingCode(neighbour, email, many / 2, { address: '203.0.113.9' })),
]

const successes = async (email: string) =>
  (await loggedEvents(product, email)).filter((event) => event.startsWith('signed_in ') && !event.endsWith('password'))

describe('at the same time', () => {
  test('fifty parallel sign-ins with one code open exactly one session (A01, A76)', async () => {
    const { email, key } = await withTwoFactor(product)
    const before = await sessionsOf(email)
    assert.equal(await letIn(await spread(email, 50), codeOf(key, product.clock.now())), 1)
    assert.equal((await sessionsOf(email)) - before, 1)
    assert.deepEqual(await successes(email), ['signed_in authenticator'])
  })

  test('the same for a code each that four sign-ins at a time are allowed to try (A01)', async () => {
    const { email, key } = await withTwoFactor(product)
    for (let round = 0; round < 5; round++) {
      product.clock.advance(60_000)
      assert.equal(await letIn(await spread(email, 4), codeOf(key, product.clock.now())), 1)
    }
    assert.equal((await successes(email)).length, 5)
  })

  test('fifty parallel sign-ins with one recovery code open exactly one session and use one code (A02, A76)', async () => {
    const { email, codes } = await withTwoFactor(product)
    assert.equal(await letIn(await spread(email, 50), codes[3] ?? ''), 1)
    assert.deepEqual(await successes(email), ['signed_in recovery_code'])
    const { id } = await accountOf(product, email)
    const { recovery_codes: rows = [] } = await everyRow(product)
    const own = rows.filter((row) => row.includes(`"accountId":${id},`))
    assert.equal(own.length, 12)
    assert.equal(own.filter((row) => row.includes('"usedAt":null')).length, 11)
  })

  test('two recovery codes at once for one pending sign-in: one session, and the other code stays good', async () => {
    const { email, codes } = await withTwoFactor(product)
    const [browser] = await manyOwingCode(product, email, 1)
    const token = browser?.cookies.get('__Host-latchkey-pending') ?? ''
    const twin = neighbour.browser()
    twin.cookies.set('__Host-latchkey-pending', token)
    const answers = await Promise.all([
      browser?.post(CODE_PAGE, { code: codes[0] ?? '' }),
      twin.post(CODE_PAGE, { code: codes[1] ?? '' }),
    ])
    assert.equal(answers.filter((answer) => answer?.location === '/').length, 1)
    const loser = answers.findIndex((answer) => answer?.location !== '/')
    const [later] = await manyOwingCode(product, email, 1)
    assert.equal((await later?.post(CODE_PAGE, { code: codes[loser] ?? '' }))?.location, '/')
  })

  test('two hundred wrong codes with five tries left: at most five are looked at (A18, A76)', async () => {
    const { email, key } = await withTwoFactor(product)
    const [browser] = await manyOwingCode(product, email, 1)
    const twin = neighbour.browser()
    twin.cookies.set('__Host-latchkey-pending', browser?.cookies.get('__Host-latchkey-pending') ?? '')
    const wrong = codeOf(key, product.clock.now(), 700)
    const posts = Array.from({ length: 200 }, (_, index) =>
      (index % 2 ? browser : twin)?.post(CODE_PAGE, { code: wrong }),
    )
    const answers = await Promise.all(posts)
    const evaluated = (await loggedEvents(product, email)).filter((event) => event === 'code_wrong')
    assert.ok(evaluated.length > 0 && evaluated.length <= 5, `${evaluated.length} were looked at`)
    assert.ok(answers.every((answer) => answer && [303, 422, 429].includes(answer.status)))
    assert.deepEqual([product.faults, neighbour.faults], [[], []])
  })

  test('two hundred wrong codes over as many pending sign-ins: five are looked at, then even the right one waits (A18)', async () => {
    const { email, key } = await withTwoFactor(product)
    const browsers = await spread(email, 200)
    const wrong = codeOf(key, product.clock.now(), 700)
    const answers = await Promise.all(browsers.map((browser) => browser.post(CODE_PAGE, { code: wrong })))
    assert.equal(answers.filter(({ status }) => status === 422).length, 5)
    assert.equal(answers.filter(({ status }) => status === 429).length, 195)
    const [late] = await manyOwingCode(product, email, 1)
    const answer = await late?.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    assert.deepEqual([answer?.status, answer?.headers.get('Retry-After')], [429, '30'])
  })
})

describe('while a code is answered, another session', () => {
  test('changes the password: the pending sign-in is dead (A14)', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const [pending] = await manyOwingCode(product, email, 1)
    const changed = await browser.post('/settings/password', { current: PASSWORD, new: 'seven copper lanterns sing' })
    assert.equal(changed.status, 303)
    const answer = await pending?.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    assert.equal(answer?.location, '/sign-in')
    assert.ok(!pending?.cookies.has('__Host-latchkey'))
  })

  test('changes the password after it was checked and before it counts: nothing opens (A14)', async () => {
    for (const { browser, email } of [await withTwoFactor(product), await signedUp(product)]) {
      const { verify } = neighbour.deps.passwords
      neighbour.deps.passwords.verify = async (...of) => {
        const isRight = await verify(...of)
        await browser.post('/settings/password', { current: PASSWORD, new: 'seven copper lanterns sing' })
        return isRight
      }
      const visitor = neighbour.browser()
      const answer = await visitor.post('/sign-in', { email, password: PASSWORD })
      neighbour.deps.passwords.verify = verify
      const opens = [SESSION, PENDING].filter((name) => visitor.cookies.has(name))
      assert.deepEqual([answer.status, opens], [422, []])
    }
  })

  test('turns the second factor off: the pending sign-in is dead, with either kind of code (A14)', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const [first, second] = await manyOwingCode(product, email, 2)
    assert.equal((await browser.post('/settings/two-factor/disable', { password: PASSWORD })).status, 303)
    const byCode = await first?.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) })
    const byRecoveryCode = await second?.post(CODE_PAGE, { code: codes[0] ?? '' })
    assert.deepEqual([byCode?.location, byRecoveryCode?.location], ['/sign-in', '/sign-in'])
  })

  test('races with it: afterwards there is at most one session next to the changing one (A14)', async () => {
    for (let round = 0; round < 3; round++) {
      const { browser, email, key } = await withTwoFactor(product)
      const [pending] = await manyOwingCode(neighbour, email, 1)
      await Promise.all([
        pending?.post(CODE_PAGE, { code: codeOf(key, product.clock.now()) }),
        browser.post('/settings/two-factor/disable', { password: PASSWORD }),
      ])
      assert.equal(await sessionsOf(email), 1)
      assert.equal((await pending?.get('/'))?.status, 303)
      assert.equal((await browser.get('/')).status, 200)
    }
    assert.deepEqual([product.faults, neighbour.faults], [[], []])
  })
})
