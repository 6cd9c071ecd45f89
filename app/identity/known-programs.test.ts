import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { knownBrowsers } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  BASE_URL,
  type Browser,
  codeOf,
  KNOWN,
  latchkey,
  PASSWORD,
  pageOf,
  queuedFor,
  resetLink,
  signedInBrowser,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'

const OTHER = 'eleven sardines hum quietly'
const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const told = async (email: string) =>
  (await queuedFor(product, email)).filter(({ subject }) => subject === 'New sign-in to your account').length

/** The two doors: each signs in with email and password, and a code where one is owed. */
type Door = (of: {
  email: string
  address?: string
  program?: string
  password?: string
  code?: string
}) => Promise<void>

const v1: Door = async ({ email, address = '192.0.2.9', program = 'curl/8.5.0', password = PASSWORD, code }) => {
  const client = apiClient(product, address)
  const as = { 'User-Agent': program }
  const first = await client.call('POST', '/sessions', undefined, { email, password }, as)
  if (code === undefined) return assert.equal(first.status, 201, first.text)
  const challenge = (first.body.challenge as { id: string }).id
  const second = await client.call('POST', '/sessions/verify', undefined, { challenge, code }, as)
  assert.equal(second.status, 201, second.text)
}

const jelastic: Door = async ({ email, address = '192.0.2.9', program = 'curl/8.5.0', password = PASSWORD, code }) => {
  const call = async (method: string, fields: Record<string, string>) => {
    const answer = await product
      .browser({ address, userAgent: program })
      .post(`/1.0/users/authentication/rest/${method}`, fields)
    const body = JSON.parse(answer.html)
    assert.equal(body.result, 0, answer.html)
    return body
  }
  const { session } = await call('signin', { login: email, password })
  if (code !== undefined) await call('verify2facode', { session, code })
}

for (const [name, signIn] of Object.entries({ '/api/v1': v1, '/1.0': jelastic }))
  describe(`a sign-in through ${name}`, () => {
    test('from an address or a program not seen before is mailed; from one that is known it is not (B9)', async () => {
      const { email } = await signedUp(product)
      await signIn({ email })
      assert.equal(await told(email), 1, 'the first program, where a browser is known')
      await signIn({ email, address: '192.0.2.200', program: 'curl/9.0.1' })
      assert.equal(await told(email), 1, 'its neighbour’s address, and a newer version')
      await signIn({ email, address: '192.0.3.9' })
      assert.equal(await told(email), 2, 'another network')
      await signIn({ email, program: 'python-requests/2.32.3' })
      assert.equal(await told(email), 3, 'another program')
      for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9']) await signIn({ email, address })
      assert.equal(await told(email), 4, 'one /64 is one network')
    })

    test('with two factors is mailed when the code is right', async () => {
      const { email, key, codes } = await withTwoFactor(product)
      await signIn({ email, code: codeOf(key, clock.now()) })
      assert.equal(await told(email), 1)
      await signIn({ email, code: codes[0] ?? '' })
      assert.equal(await told(email), 1, 'known by then')
      await signIn({ email, code: codes[1] ?? '', address: '198.51.100.1' })
      assert.equal(await told(email), 2)
    })

    test('gives nobody the budget of a known browser: who knows the network and the program is a stranger still', async () => {
      const limited = await latchkey({ attemptsPerAddress: 20 }, product)
      const { email } = await signedUp(product)
      await signIn({ email })
      const client = apiClient(limited, '192.0.2.9')
      const guess = () => client.call('POST', '/sessions', undefined, { email, password: OTHER })
      for (let guesses = 0; guesses < 10; guesses++) assert.equal((await guess()).status, 401)
      const pages = limited.browser({ address: '192.0.2.9', userAgent: 'curl/8.5.0' })
      assert.equal(
        (await pages.post('/sign-in', { email, password: PASSWORD })).status,
        429,
        'counted with its address',
      )
    })
  })

test('a program that the version before knew is known: its next sign-in is not mailed', async () => {
  for (const [program, hashedAs] of [
    ['curl/8.5.0', 'curl'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    ['Homemade (Linux)', 'Unknown browser on Linux'],
    ['homemade/1.0', 'Unknown browser'],
    ['', 'Unknown program'],
  ] as const) {
    const { email } = await signedUp(product)
    const { id: accountId } = await accountOf(product, email)
    const seen = { firstSeenAt: clock.now(), lastSeenAt: clock.now() }
    const tokenHash = hashToken(`program 192.0.2.0/24 ${hashedAs}`)
    await database.db.insert(knownBrowsers).values({ tokenHash, accountId, ...seen })
    await v1({ email, program })
    assert.equal(await told(email), 0, hashedAs)
  }
})

test('the first sign-in of an account is not mailed, whichever door it takes', async () => {
  const { email } = await signedUp(product)
  await database.db.delete(knownBrowsers) // as for an account that was made on the pages and never signed in to
  await v1({ email })
  assert.equal(await told(email), 0)
})

describe('a new password', () => {
  /** The account's known browsers: this one and another. */
  async function withTwoBrowsers() {
    const { browser, email } = await signedUp(product)
    const other = await signedInBrowser(product, email)
    await v1({ email })
    assert.equal((await stateOf(database, email)).knownBrowsers.length, 3)
    return { browser, other, email, before: await told(email) }
  }
  /** The same browser with nothing left but the cookie that it is known by. */
  const back = async (browser: Browser, email: string, password = OTHER) => {
    const same = product.browser()
    same.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
    assert.equal((await same.post('/sign-in', { email, password })).location, '/')
  }

  test('set at the pages forgets the other known browsers and programs, and not the one that set it (B9)', async () => {
    const { browser, other, email, before } = await withTwoBrowsers()
    const changed = await browser.post('/settings/password', { current: PASSWORD, new: OTHER })
    assert.equal(changed.status, 303)
    assert.equal((await stateOf(database, email)).knownBrowsers.length, 1)
    await back(browser, email)
    assert.equal(await told(email), before)
    await back(other, email)
    assert.equal(await told(email), before + 1)
    await v1({ email, password: OTHER })
    assert.equal(await told(email), before + 2)
  })

  test('set through /1.0 forgets all but the program that set it (B9)', async () => {
    const { email, browser, before } = await withTwoBrowsers()
    const api = product.browser({ address: '192.0.2.9', userAgent: 'curl/8.5.0' })
    const call = async (path: string, fields: Record<string, string>) =>
      JSON.parse((await api.post(`/1.0/users/${path}`, fields)).html)
    const { session } = await call('authentication/rest/signin', { login: email, password: PASSWORD })
    const set = { session, oldPassword: PASSWORD, newPassword: OTHER }
    assert.equal((await call('account/rest/changepassword', set)).result, 0)
    await jelastic({ email, password: OTHER })
    assert.equal(await told(email), before)
    await back(browser, email)
    assert.equal(await told(email), before + 1)
  })

  test('set through a reset forgets all but the browser that was known and reset it (B9)', async () => {
    for (const isKnown of [true, false]) {
      const { browser, other, email, before } = await withTwoBrowsers()
      const path = await resetLink(product, email)
      const at = product.browser()
      if (isKnown) at.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
      await at.get(path)
      assert.equal((await at.post(pageOf(path), { password: OTHER })).location, '/sign-in')
      assert.equal((await stateOf(database, email)).knownBrowsers.length, isKnown ? 1 : 0)
      await back(other, email)
      assert.equal(await told(email), before + 1, 'also where no browser is known: it is not the first sign-in')
      await back(browser, email)
      assert.equal(await told(email), before + (isKnown ? 1 : 2))
    }
  })
})

test('no value that a browser holds passes for a program', async () => {
  const { email } = await signedUp(product)
  await v1({ email })
  const [known] = (await stateOf(database, email)).knownBrowsers
  const browser = product.browser()
  browser.cookies.set(KNOWN, `program 192.0.2.0/24 curl.${known?.tokenHash}`)
  await browser.post('/sign-in', { email, password: PASSWORD }, { Origin: BASE_URL })
  assert.equal(await told(email), 2)
})
