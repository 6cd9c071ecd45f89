import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  type Browser,
  codeOf,
  copyOf,
  ENROLMENT,
  enrolling,
  KNOWN,
  latchkey,
  newEmail,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  SET_UP,
  signedUp,
  TRUSTED,
  testClock,
  testVault,
  withTwoFactor,
} from '#testing/index.ts'
import { createCookies } from './cookies.ts'
import { FLASHES } from './flashes.ts'

const product = await latchkey()
after(() => product.close())

const FLASH = '__Host-latchkey-notice'

/** Asks with this Cookie header as it stands. */
const ask = (cookie: string, path = '/') => product.browser().send(path, { headers: { Cookie: cookie } })

/** Whether the enrolment in these cookies is believed: step 1 is shown, or the password is asked for again. */
async function isBelieved(browser: Browser) {
  const answer = await browser.get(SET_UP)
  if (answer.status === 200) return true
  assert.deepEqual([answer.status, answer.location], [303, `${SET_UP}/confirm`])
  return false
}

describe('each cookie', () => {
  test('has the attributes that tie it to this host and keep it from scripts (V3.3.1, V3.3.2, V3.3.3, V3.3.4)', async () => {
    const seen = new Map<string, string>()
    const { browser, email, key } = await withTwoFactor(product)
    const trusting = await owingCode(product, email)
    const watched = [
      await trusting.post('/sign-in/two-factor', { code: codeOf(key, product.clock.now()), trust: 'yes' }),
      await product.browser().post('/sign-up', { email: newEmail(), password: PASSWORD }),
      await product.browser().post('/sign-in', { email, password: PASSWORD }),
      await browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD }),
      await browser.post('/sign-out'),
    ]
    for (const { headers } of watched)
      for (const line of headers.getSetCookie()) {
        assert.match(line, /^__Host-[\w-]+=/)
        for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
          assert.ok(line.split('; ').includes(attribute), `${attribute} in ${line}`)
        assert.doesNotMatch(line, /Domain/i)
        seen.set(line.slice(0, line.indexOf('=')), line)
      }
    assert.deepEqual([...seen.keys()].sort(), [SESSION, ENROLMENT, KNOWN, FLASH, PENDING, TRUSTED].sort())
  })

  test('travels in Set-Cookie alone, never in a page, another header or a URL (V3.3.4)', async () => {
    const { browser } = await signedUp(product)
    await enrolling(product, browser)
    for (const path of ['/', '/settings/account', '/settings/activity', SET_UP, `${SET_UP}/recovery-codes`]) {
      const answer = await browser.get(path)
      assert.equal(answer.status, 200)
      for (const value of browser.cookies.values()) {
        assert.ok(!answer.html.includes(value))
        assert.ok(![...answer.headers].some(([, text]) => text.includes(value)))
      }
    }
  })

  test('stays under 4096 bytes with the longest email (V3.3.5)', async () => {
    const email = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(58)}.${'d'.repeat(60)}.example`
    const browser = product.browser()
    assert.equal((await browser.post('/sign-up', { email, password: PASSWORD })).status, 303)
    await enrolling(product, browser)
    for (const [name, value] of browser.cookies) assert.ok(name.length + value.length < 4096, `${name} ${value.length}`)
  })

  test('has a plain name over http, where the prefix would not be taken', async () => {
    const plain = await latchkey({ baseUrl: 'http://latchkey.test' }, product)
    const headers = { Origin: 'http://latchkey.test' }
    const answer = await plain.browser().post('/sign-up', { email: newEmail(), password: PASSWORD }, headers)
    const [cookie = ''] = answer.headers.getSetCookie()
    assert.match(cookie, /^latchkey=\w+; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('without the prefix is none of ours (V3.3.3)', async () => {
    const { browser } = await signedUp(product)
    assert.equal((await ask(`latchkey=${browser.cookies.get(SESSION)}`)).status, 303)
    assert.equal((await ask(`${SESSION}=${browser.cookies.get(SESSION)}`)).status, 200)
  })
})

describe('a malformed cookie counts as absent', () => {
  for (const [what, value] of [
    ['8 KB of junk', 'j'.repeat(8192)],
    ['a bad percent', '%zz%'],
    ['an encoded NUL', 'abcx%00'],
    ['__proto__', '__proto__'],
    ['nothing', ''],
    ['quotes', '""'],
    ['markup', '<script>alert(1)</script>'],
    ['a token of another shape', `abcx${'A'.repeat(32)}`],
    ['a token that nobody has', `abcx${'a'.repeat(32)}`],
    ['bad UTF-8', '%ff%fe'],
  ] as const)
    test(`${what} (A28)`, async () => {
      for (const name of [SESSION, PENDING, ENROLMENT, FLASH, KNOWN, TRUSTED, '__proto__'])
        for (const path of ['/', '/sign-in', '/sign-in/two-factor']) {
          const answer = await ask(`${name}=${value}`, path)
          assert.ok([200, 303].includes(answer.status), `${name} answered ${answer.status}`)
          assert.ok(value.length < 3 || !answer.html.includes(value) || value === '__proto__')
        }
      assert.deepEqual(product.faults, [])
    })

  test('a pair without an equals sign, and no pair at all (A28)', async () => {
    for (const cookie of [SESSION, `${SESSION};`, ';;;', '=', `=${SESSION}`, ' ', `a=b; ${SESSION}`])
      assert.equal((await ask(cookie)).location, '/sign-in')
  })

  test('an unknown flash says nothing; a known one says our sentence, once', async () => {
    assert.doesNotMatch((await ask(`${FLASH}=%3Cscript%3E`, '/sign-in')).html, /class="callout/)
    for (const word of Object.keys(FLASHES)) assert.equal((await ask(`${FLASH}=${word}`, '/sign-in')).status, 200)
    const browser = product.browser()
    browser.cookies.set(FLASH, 'signed_out')
    assert.match((await browser.get('/sign-in')).text, /You are signed out/)
    assert.doesNotMatch((await browser.get('/sign-in')).text, /You are signed out/)
  })
})

describe('two cookies of one name', () => {
  test('both count as absent, in either order, whichever is the good one (A30)', async () => {
    const { browser } = await signedUp(product)
    const good = `${SESSION}=${browser.cookies.get(SESSION)}`
    for (const bad of [`${SESSION}=junk`, `${SESSION}=`, SESSION, good])
      for (const cookie of [`${good}; ${bad}`, `${bad}; ${good}`, `${bad};${good}`, `${bad}; a=b; ${good}`])
        assert.equal((await ask(cookie)).location, '/sign-in', cookie.replaceAll(good, 'good'))
    assert.equal((await ask(good)).status, 200)
  })

  test('of a pending sign-in count as absent too (A30)', async () => {
    const { email } = await withTwoFactor(product)
    const pending = `${PENDING}=${(await owingCode(product, email)).cookies.get(PENDING)}`
    assert.equal((await ask(pending, '/sign-in/two-factor')).status, 200)
    assert.equal((await ask(`${PENDING}=x; ${pending}`, '/sign-in/two-factor')).location, '/sign-in')
  })
})

describe('a cookie of another instance', () => {
  test('opens nothing: another database (A31)', async () => {
    const other = await latchkey()
    const { browser } = await signedUp(other)
    assert.equal((await copyOf(product, browser).get('/')).location, '/sign-in')
    await other.close()
  })

  test('opens nothing: another key, over the same database (A31)', async () => {
    const { browser } = await signedUp(product)
    await enrolling(product, browser)
    assert.equal(await isBelieved(copyOf(product, browser)), true)
    const other = await latchkey({}, { database: product.database, vault: testVault(), clock: testClock() })
    assert.equal(await isBelieved(copyOf(other, browser)), false)
  })
})

test('the cookies of one product have names of their own', () => {
  const cookies = createCookies({ baseUrl: 'https://latchkey.test', vault: testVault() })
  assert.deepEqual(Object.keys(cookies), [
    'probe',
    'session',
    'pending',
    'alone',
    'enrolment',
    'browser',
    'trusted',
    'token',
    'clientSecret',
    'mailLink',
    'gate',
    'gateNonce',
    'flash',
  ])
})
