import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { accountOf, answerCode, codeOf, latchkey, manyOwingCode, owingCode, withTwoFactor } from '#testing/index.ts'
import { authenticatorAttempt, DELAY } from '../identity/limits.ts'

const SECOND = 1000
const HOUR = 60 * 60 * SECOND

const product = await latchkey()
after(() => product.close())
const neighbour = await latchkey({}, product)

const wrongCode = (key: string) => codeOf(key, product.clock.now(), 900)

/** This many wrong codes in a row, each after its delay. Counts like the page, without the pages. */
async function failures(email: string, many: number) {
  const rule = authenticatorAttempt((await accountOf(product, email)).id)
  for (let failure = 0; failure < many; failure++) {
    assert.equal(await product.deps.limits.charge({ delay: rule }, product.clock.now().getTime()), 0)
    product.clock.advance(HOUR)
  }
  return () => product.deps.limits.count(rule.key)
}

describe('wrong codes', () => {
  test('from the fifth on make the next wait exactly 30 s, in words and in Retry-After', async () => {
    const { email, key } = await withTwoFactor(product)
    const [browser, next] = await manyOwingCode(product, email, 2)
    for (let attempt = 1; attempt <= 5; attempt++) await browser?.post('/sign-in/two-factor', { code: wrongCode(key) })
    const refused = await next?.post('/sign-in/two-factor', { code: wrongCode(key) })
    assert.deepEqual([refused?.status, refused?.headers.get('Retry-After')], [429, '30'])
    assert.match(refused?.text ?? '', /Too many wrong codes\. Try again in 30 seconds ?\./)
    product.clock.advance(DELAY.first - 1)
    const early = await next?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) })
    assert.deepEqual([early?.status, early?.headers.get('Retry-After')], [429, '1'])
    product.clock.advance(1)
    assert.equal((await next?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))?.status, 303)
  })

  test('a refusal by the delay is no attempt of the pending sign-in, nor of the log', async () => {
    const { email, key } = await withTwoFactor(product)
    const count = await failures(email, 4)
    const [browser] = await manyOwingCode(product, email, 1)
    for (let attempt = 1; attempt <= 12; attempt++) await browser?.post('/sign-in/two-factor', { code: wrongCode(key) })
    assert.equal(await count(), 5)
    product.clock.advance(DELAY.first)
    const answer = await browser?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) })
    assert.equal(answer?.location, '/')
  })

  test('right passwords in between never reset the count of wrong codes (A16)', async () => {
    const { email, key } = await withTwoFactor(product)
    const { id } = await accountOf(product, email)
    const counts: number[] = []
    for (let round = 0; round < 4; round++) {
      const browser = await owingCode(round % 2 ? product : neighbour, email)
      for (let attempt = 0; attempt < 4; attempt++) {
        await answerCode(browser, wrongCode(key))
        if (round > 0) product.clock.advance(60 * SECOND)
      }
      counts.push(await product.deps.limits.count(authenticatorAttempt(id).key))
      product.clock.advance(HOUR)
    }
    assert.equal(counts[0], 4)
    assert.ok(
      counts.every((count, round) => round === 0 || count > (counts[round - 1] ?? 0)),
      `${counts}`,
    )
  })

  test('the right code clears the count: it is failures in a row that are counted', async () => {
    const { email, key } = await withTwoFactor(product)
    const count = await failures(email, 7)
    const [browser] = await manyOwingCode(product, email, 1)
    assert.equal(await count(), 7)
    assert.equal(
      (await browser?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))?.location,
      '/',
    )
    assert.equal(await count(), 0)
  })

  test('ninety-nine in a row leave a last try, which may be right (A17)', async () => {
    const { email, key } = await withTwoFactor(product)
    await failures(email, 99)
    const [browser] = await manyOwingCode(product, email, 1)
    assert.equal(
      (await browser?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))?.location,
      '/',
    )
  })

  test('a hundred in a row stop the authenticator for good, in every process; a recovery code frees it (A17, A76)', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    await failures(email, 99)
    const [hundredth] = await manyOwingCode(product, email, 1)
    assert.equal((await hundredth?.post('/sign-in/two-factor', { code: wrongCode(key) }))?.status, 422)
    product.clock.advance(365 * 24 * HOUR)
    for (const on of [product, neighbour]) {
      const [browser] = await manyOwingCode(on, email, 1)
      const refused = await browser?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) })
      assert.equal(refused?.status, 429)
      assert.match(refused?.text ?? '', /too many wrong codes in a row. Use a recovery code/)
      assert.match((await browser?.get('/sign-in/two-factor'))?.text ?? '', /the authenticator is locked/)
      assert.ok(!browser?.cookies.has('__Host-latchkey'))
    }
    const [rescued, after] = await manyOwingCode(neighbour, email, 2)
    assert.equal((await rescued?.post('/sign-in/two-factor', { code: codes[0] ?? '' }))?.location, '/')
    assert.equal((await after?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))?.location, '/')
  })

  test('recovery codes have a count of their own, with the same delays and no end (A17)', async () => {
    const { email, codes, key } = await withTwoFactor(product)
    const [browser, next] = await manyOwingCode(product, email, 2)
    for (let attempt = 1; attempt <= 5; attempt++) await browser?.post('/sign-in/two-factor', { code: '00000-00000' })
    const refused = await next?.post('/sign-in/two-factor', { code: codes[0] ?? '' })
    assert.deepEqual([refused?.status, refused?.headers.get('Retry-After')], [429, '30'])
    assert.equal((await next?.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()) }))?.location, '/')
    product.clock.advance(DELAY.first)
    const [later] = await manyOwingCode(product, email, 1)
    assert.equal((await later?.post('/sign-in/two-factor', { code: codes[0] ?? '' }))?.location, '/')
  })
})
