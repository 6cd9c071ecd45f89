import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  type Browser,
  codeOf,
  KNOWN,
  type Latchkey,
  latchkey,
  newEmail,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { hashToken } from '../lib/tokens.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { signIn } from '../sign-in/sign-in.ts'

const product = await latchkey()
const { clock, database, deps } = product
// The usual setting: this many tries per address in fifteen minutes.
const limited = await latchkey({ attemptsPerAddress: 20 }, product)
afterEach(async () => {
  assert.deepEqual([...product.faults.splice(0), ...limited.faults.splice(0)], [])
  await assertInvariants(database)
})
after(product.close)

const CODE_PAGE = '/sign-in/two-factor'
const wrong = 'not the password at all'
let network = 0
const anAddress = () => `198.51.100.${++network}`

const knock = (browser: Browser, email: string, password = PASSWORD) => browser.post('/sign-in', { email, password })

/** The browser with nothing left but the cookie that it is known by. */
function comingBack(browser: Browser, address: string, on: Latchkey = product): Browser {
  const back = on.browser({ address })
  back.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
  return back
}

/** Guesses until no more are looked at. Returns how many were. */
async function guess(stranger: Browser, email: string): Promise<number> {
  let guesses = 0
  while ((await knock(stranger, email, wrong)).status === 422) assert.ok(++guesses < 100)
  return guesses
}

const noticed = async (email: string) =>
  (await stateOf(database, email)).events.filter(({ kind, notice }) => kind === 'signed_in' && notice === 'due').length

describe('a browser that has signed in before', () => {
  test('is never delayed by a stranger’s guesses, not even from its own address (A19)', async () => {
    const address = anAddress()
    const { browser, email } = await signedUp(product, { address })
    assert.equal(await guess(product.browser({ address }), email), 10)
    assert.equal((await knock(product.browser({ address }), email)).status, 429, 'a stranger waits')
    const back = comingBack(browser, address)
    assert.equal((await knock(back, email)).location, '/')
    assert.equal(await guess(product.browser({ address }), email), 0, 'and the stranger waits on')
  })

  test('is not stopped where strangers have used up all that its address may try: password, then code (A19)', async () => {
    const address = anAddress()
    const { browser, email, key } = await withTwoFactor(limited, { address })
    const stranger = limited.browser({ address })
    for (let guesses = 0; guesses < 20; guesses++) await knock(stranger, newEmail(), wrong)
    assert.equal((await knock(stranger, newEmail(), wrong)).status, 429)
    const back = comingBack(browser, address, limited)
    assert.equal((await knock(back, email)).location, CODE_PAGE)
    assert.equal((await answerCode(back, 'junk')).status, 422)
    assert.equal((await answerCode(back, codeOf(key, clock.now()))).location, '/')
  })

  test('the same with a recovery code, whose count no stranger reaches without the password (A19)', async () => {
    const address = anAddress()
    const { browser, email, codes } = await withTwoFactor(limited, { address })
    const stranger = limited.browser({ address })
    for (let guesses = 0; guesses < 25; guesses++) {
      await knock(stranger, email, wrong)
      const answer = await stranger.post(CODE_PAGE, { code: codes[1] ?? '' })
      assert.equal(answer.location, '/sign-in', 'there is nothing to guess at without a pending sign-in')
    }
    const { account } = await stateOf(database, email)
    for (const key of [`recovery-code:${account.id}`, `authenticator:${account.id}`])
      assert.equal(await deps.limits.count(key), 0)
    const back = comingBack(browser, address, limited)
    await knock(back, email)
    assert.equal((await answerCode(back, codes[0] ?? '')).location, '/')
  })

  test('has no more guesses than any other: ten, then the same delays', async () => {
    const address = anAddress()
    const { browser, email } = await signedUp(product, { address })
    const thief = comingBack(browser, '203.0.113.5')
    assert.equal(await guess(thief, email), 10)
    const refused = await knock(comingBack(browser, '203.0.113.6'), email)
    assert.deepEqual([refused.status, refused.headers.get('Retry-After')], [429, '30'], 'from wherever it comes')
    assert.equal((await knock(product.browser({ address }), email)).location, '/', 'and holds up nobody else')
    clock.advance(30_000)
    assert.equal((await knock(comingBack(browser, address), email)).location, '/')
  })

  test('has a budget of its own, of the same size, over all accounts that know it', async () => {
    const address = anAddress()
    const { browser, email } = await signedUp(limited, { address })
    const other = await withTwoFactor(limited, { address })
    const shared = comingBack(browser, address, limited)
    await knock(shared, other.email)
    await answerCode(shared, codeOf(other.key, clock.now()))
    await shared.post('/sign-out')
    for (const each of [email, other.email])
      for (let guesses = 0; guesses < 9; guesses++) await knock(shared, each, wrong)
    assert.equal((await knock(shared, email)).location, '/')
  })

  test('to one account is a stranger to another', async () => {
    const address = anAddress()
    const { browser } = await signedUp(product, { address })
    const { email } = await signedUp(product)
    const attacker = comingBack(browser, address)
    assert.equal(await guess(attacker, email), 10)
    assert.equal((await knock(product.browser({ address }), email)).status, 429, 'counted with its address')
  })

  test('is known by 128 random bits, hashed; the cookie lasts a year and is renewed when it is used', async () => {
    const { browser, email } = await signedUp(product)
    const token = browser.cookies.get(KNOWN) ?? ''
    assert.match(token, /^[0-9a-f]+x[0-9a-f]{32}$/)
    const [row] = (await stateOf(database, email)).knownBrowsers
    assert.equal(row?.tokenHash, hashToken(token))
    await assertInvariants(database, [token])
    clock.advance(60_000)
    const back = comingBack(browser, '192.0.2.1')
    const answer = await knock(back, email)
    const [line = ''] = answer.headers.getSetCookie().filter((each) => each.startsWith(KNOWN))
    assert.ok(line.includes(`${KNOWN}=${token}; Max-Age=31536000`), line)
    const rows = (await stateOf(database, email)).knownBrowsers
    assert.deepEqual(
      rows.map(({ tokenHash, firstSeenAt, lastSeenAt }) => [tokenHash, firstSeenAt, lastSeenAt]),
      [[row?.tokenHash, row?.firstSeenAt, clock.now()]],
    )
  })

  test('is a stranger again a year after it was last seen', async () => {
    const on = await latchkey()
    const { browser, email } = await signedUp(on)
    on.clock.advance(365 * 24 * 60 * 60_000)
    await keepHouse(on.deps)
    assert.deepEqual((await stateOf(on.database, email)).knownBrowsers, [])
    const back = on.browser()
    back.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
    assert.equal(await guess(back, email), 10)
    assert.equal((await knock(on.browser(), email)).status, 429)
    await on.close()
  })
})

describe('a browser becomes known', () => {
  test('only when all factors are done', async () => {
    const { email, key } = await withTwoFactor(product)
    const rows = async () => (await stateOf(database, email)).knownBrowsers.length
    assert.equal(await rows(), 1)
    const browser = product.browser()
    await knock(browser, email, wrong)
    await knock(browser, email)
    await answerCode(browser, codeOf(key, clock.now(), 900))
    assert.equal(await rows(), 1)
    assert.ok(!browser.cookies.has(KNOWN))
    await answerCode(browser, codeOf(key, clock.now()))
    assert.equal(await rows(), 2)
    assert.ok(browser.cookies.has(KNOWN))
  })

  test('not at a door of an API: it is given nothing to hold', async () => {
    const { browser, email } = await signedUp(product)
    const held = { known: [browser.cookies.get(KNOWN) ?? ''], trusted: [] }
    const origin = { address: '192.0.2.1', browser: 'curl', system: null }
    const result = await signIn(deps, { name: email, password: PASSWORD }, origin, 'api')
    assert.ok(result.ok && result.step === 'signed_in')
    assert.deepEqual(result.holds, { known: undefined, trusted: undefined })
    const { knownBrowsers } = await stateOf(database, email)
    assert.equal(knownBrowsers.length, 2, 'the program is known beside it (known-programs.test.ts)')
    const browsers = knownBrowsers.filter(({ tokenHash }) => held.known.map(hashToken).includes(tokenHash))
    assert.equal(browsers.length, 1)
    assert.ok((await signIn(deps, { name: email, password: PASSWORD }, origin, 'browser', held)).ok)
  })

  test('under a value of our own: one that somebody planted is not taken over (A27)', async () => {
    const planted = await signedUp(product) // of the attacker’s own account, so somebody knows it
    for (const value of [planted.browser.cookies.get(KNOWN) ?? '', `abcx${'a'.repeat(32)}`, 'junk']) {
      const { email } = await signedUp(product)
      const victim = product.browser()
      victim.cookies.set(KNOWN, value)
      await knock(victim, email)
      const attacker = product.browser({ address: anAddress() })
      attacker.cookies.set(KNOWN, value)
      assert.equal(await guess(attacker, email), 10)
      const [own = ''] = (victim.cookies.get(KNOWN) ?? '').split('.')
      assert.notEqual(own, value)
      assert.equal((await knock(comingBack(victim, '192.0.2.1'), email)).location, '/')
    }
    const forged = product.browser()
    const { email } = await signedUp(product)
    const { account } = await stateOf(database, email)
    forged.cookies.set(KNOWN, `${account.id.toString(16)}x${'b'.repeat(32)}`)
    await knock(forged, email)
    assert.ok(!forged.cookies.get(KNOWN)?.includes('b'.repeat(32)))
  })

  test('twenty sign-ins at once with what it is known by: all are in, and it stands there once (A76)', async () => {
    const { browser, email } = await signedUp(product)
    const neighbour = await latchkey({}, product)
    const backs = Array.from({ length: 9 }, (_, index) =>
      comingBack(browser, '192.0.2.1', index % 2 ? product : neighbour),
    )
    const answers = await Promise.all(backs.map((back) => knock(back, email)))
    assert.deepEqual([...new Set(answers.map(({ location }) => location))], ['/'])
    assert.equal((await stateOf(database, email)).knownBrowsers.length, 1)
    assert.deepEqual(neighbour.faults, [])
  })
})

describe('the owner is told of a sign-in', () => {
  test('by a browser the account does not know, once: not of its first, not of one that comes back', async () => {
    const { browser, email } = await signedUp(product)
    await knock(comingBack(browser, '203.0.113.9'), email)
    assert.equal(await noticed(email), 0)
    const stranger = product.browser()
    await knock(stranger, email)
    assert.equal(await noticed(email), 1)
    await stranger.post('/sign-out')
    await knock(stranger, email)
    assert.equal(await noticed(email), 1)
  })

  test('with two factors too, when the code is right and not before', async () => {
    const { email, key, codes } = await withTwoFactor(product)
    const [one, two] = [product.browser(), product.browser()]
    await knock(one, email)
    await knock(two, email)
    assert.equal(await noticed(email), 0)
    await answerCode(one, codeOf(key, clock.now()))
    assert.equal(await noticed(email), 1)
    await answerCode(two, codes[0] ?? '')
    assert.equal(await noticed(email), 2)
  })
})

test('whether an account exists shows neither in what is asked of the database nor in the answer', async () => {
  const { browser, email } = await signedUp(product)
  const counted = async (visitor: Browser, address: string) => {
    const calls: string[] = []
    const { signIns, limits } = deps
    const spied = {
      ...deps,
      signIns: {
        ...signIns,
        accountByEmail: (of: string, hashes: string[]) => {
          calls.push(`account with ${hashes.length}`)
          return signIns.accountByEmail(of, hashes)
        },
      },
      limits: {
        ...limits,
        charge: (rules: Parameters<typeof limits.charge>[0], now: number) => {
          calls.push(`charge ${Object.keys(rules)}`)
          return limits.charge(rules, now)
        },
      },
    }
    const held = { known: (visitor.cookies.get(KNOWN) ?? '').split('.').filter(Boolean), trusted: [] }
    const origin = { address: '192.0.2.77', browser: 'Firefox', system: 'Linux' }
    const result = await signIn(spied, { name: address, password: wrong }, origin, 'browser', held)
    return [calls, result]
  }
  const { email: another } = await signedUp(product) // to which the visitor's browser is a stranger as well
  for (const visitor of [product.browser(), browser])
    assert.deepEqual(await counted(visitor, newEmail()), await counted(visitor, another))
  assert.deepEqual(await counted(product.browser(), newEmail()), await counted(product.browser(), email))
})

test('nobody who lacks the password can lock the owner out, whatever he knocks at (A19)', async () => {
  const address = anAddress()
  const { browser, email, key, codes } = await withTwoFactor(limited, { address })
  const stranger = limited.browser({ address })
  for (let round = 0; round < 30; round++) {
    await knock(stranger, email, wrong)
    await stranger.post('/sign-up', { email, password: wrong })
    await stranger.post(CODE_PAGE, { code: '123456' })
    await stranger.post('/1.0/users/authentication/rest/signin', { login: email, password: wrong })
    stranger.cookies.set(PENDING, `abcx${'a'.repeat(32)}`)
    stranger.cookies.set(SESSION, `abcx${'a'.repeat(32)}`)
    await stranger.post('/settings/password', { current: wrong, new: 'eleven sardines hum quietly' })
  }
  assert.equal((await browser.get('/settings/account')).status, 200, 'the live session goes on')
  assert.equal((await browser.post('/settings/two-factor/recovery-codes/confirm', { password: PASSWORD })).status, 303)
  for (const code of [codeOf(key, clock.now()), codes[0] ?? '']) {
    const back = comingBack(browser, address, limited)
    assert.equal((await knock(back, email)).location, CODE_PAGE)
    assert.equal((await answerCode(back, code)).location, '/')
  }
  const elsewhere = limited.browser({ address: anAddress() })
  assert.equal((await knock(elsewhere, email)).location, CODE_PAGE, 'nor a new browser at another address')
})
