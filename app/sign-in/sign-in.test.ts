import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import {
  accountOf,
  BASE_URL,
  everyRow,
  latchkey,
  loggedEvents,
  newEmail,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'

const WRONG = 'wrong kettle marches north'

const product = await latchkey()
const costly = await latchkey({}, { ...product, realHashes: true }) // for what a hash costs
after(() => product.close())

let known: string
let protectedEmail: string
before(async () => {
  known = (await signedUp(product)).email
  protectedEmail = (await withTwoFactor(product)).email
})

const signIn = (fields: Record<string, string>, address = '192.0.2.1', at = product) =>
  at.browser({ address }).post('/sign-in', fields)

/** What a stranger can tell an answer by: everything but the email that they typed, and what is random in each. */
const told = ({ status, headers, html }: Awaited<ReturnType<typeof signIn>>, email: string) => ({
  status,
  headers: [...headers].map(([name, value]) => [name, value.replace(/(latchkey-passkey=)[0-9a-f]{32}/, '$1random')]),
  html: html.replaceAll(email, 'the email').replace(/(&quot;challenge&quot;:&quot;)[\w-]+/, '$1random'),
})

const middle = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

describe('email and password', () => {
  test('sign in, whatever the case and the blanks around the email', async () => {
    const browser = product.browser()
    const answer = await browser.post('/sign-in', { email: `  ${known.toUpperCase()} `, password: PASSWORD })
    assert.deepEqual([answer.status, answer.location], [303, '/'])
    assert.equal((await loggedEvents(product, known)).at(-1), 'signed_in password')
  })

  test('sign in with the password in another Unicode form of the same characters', async () => {
    const email = newEmail()
    const password = 'café crème à la volée'
    await product.browser().post('/sign-up', { email, password: password.normalize('NFC') })
    assert.equal((await signIn({ email, password: password.normalize('NFD') })).location, '/')
  })

  test('of an account with a second factor open nothing but the code page', async () => {
    const browser = await owingCode(product, protectedEmail)
    assert.deepEqual([...browser.cookies.keys()], [PENDING])
    assert.equal((await browser.get('/')).location, '/sign-in/two-factor')
  })

  test('replace a hash of weaker settings, which still opens', async () => {
    const { email } = await signedUp(costly)
    const { hash } = await import('@node-rs/argon2')
    const weak = await hash(PASSWORD, { memoryCost: 8, timeCost: 1, parallelism: 1 })
    await product.database.db.update(accounts).set({ passwordHash: weak }).where(eq(accounts.email, email))
    assert.equal((await signIn({ email, password: PASSWORD }, '192.0.2.1', costly)).location, '/')
    assert.match((await accountOf(product, email)).passwordHash, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/)
    assert.equal((await signIn({ email, password: PASSWORD }, '192.0.2.1', costly)).location, '/')
  })

  test('checked by the server, not by the form: a raw request without them changes nothing (V2.2.2)', async () => {
    const before = await everyRow(product)
    for (const fields of [{}, { email: known }, { email: known, password: '' }, { email: 'a da', password: PASSWORD }])
      assert.equal((await signIn(fields as Record<string, string>)).status, 422)
    assert.deepEqual(await everyRow(product), before)
  })

  test('keep the email on the refused page and lose the password', async () => {
    const { html } = await signIn({ email: known, password: WRONG })
    assert.ok(html.includes(`value="${known}"`))
    assert.ok(!html.includes(WRONG))
  })
})

describe('a stranger', () => {
  test('cannot tell an unknown account, a known one, and one with a second factor apart (A50, A53)', async () => {
    const emails = [newEmail(), known, protectedEmail]
    const answers = await Promise.all(emails.map((email) => signIn({ email, password: WRONG }, '198.51.100.1')))
    const [first, ...others] = answers.map((answer, index) => told(answer, emails[index] ?? ''))
    assert.equal(first?.status, 422)
    for (const other of others) assert.deepEqual(other, first)
  })

  test('is delayed alike for an account that does not exist (A50)', async () => {
    const statuses: string[] = []
    for (const email of [newEmail(), known]) {
      const answers: number[] = []
      for (let attempt = 0; attempt < 11; attempt++)
        answers.push((await signIn({ email, password: WRONG }, '198.51.100.2')).status)
      statuses.push(answers.join())
    }
    assert.equal(statuses[0], statuses[1])
    assert.match(statuses[0] ?? '', /422,429$/)
  })

  test('cannot tell them apart by the time: each costs one hash (A51)', async () => {
    const [{ email: known }, { email: protectedEmail }] = [await signedUp(costly), await withTwoFactor(costly)]
    const times: Record<'unknown' | 'known' | 'protected', number[]> = { unknown: [], known: [], protected: [] }
    for (let sample = 0; sample < 9; sample++)
      for (const [kind, email] of [
        ['unknown', newEmail()],
        ['known', known],
        ['protected', protectedEmail],
      ] as const) {
        const start = process.hrtime.bigint()
        await signIn({ email, password: WRONG }, `198.51.100.${100 + sample}`, costly)
        times[kind].push(Number(process.hrtime.bigint() - start))
      }
    const unknown = middle(times.unknown)
    for (const kind of ['known', 'protected'] as const) {
      const ratio = unknown / middle(times[kind])
      assert.ok(ratio > 0.4 && ratio < 2.5, `unknown takes ${ratio.toFixed(2)} of ${kind}`)
    }
  })

  test('makes no work with a password that no account can have (A62)', async () => {
    const { verify } = product.deps.passwords
    let hashed = 0
    product.deps.passwords.verify = (...of) => {
      hashed++
      return verify(...of)
    }
    try {
      for (const [password, status] of [
        ['🔑'.repeat(257), 422],
        ['a'.repeat(1_000_000), 413],
      ] as const) {
        const answer = await signIn({ email: known, password }, '198.51.100.3')
        assert.equal(answer.status, status)
      }
      assert.equal(hashed, 0)
    } finally {
      product.deps.passwords.verify = verify
    }
  })

  test('sees no second factor on any page before the password is right (A53)', async () => {
    const browser = product.browser()
    for (const path of ['/sign-in', '/sign-in/two-factor', '/settings/two-factor/set-up', '/'])
      assert.ok(!(await browser.get(path)).text.includes('Two-Factor'))
    const wrong = await signIn({ email: protectedEmail, password: WRONG })
    assert.ok(!wrong.text.includes('Two-Factor'), 'the page says nothing of it')
    const set = wrong.headers.getSetCookie().map((line) => line.split('=')[0])
    assert.deepEqual(set, ['__Host-latchkey-passkey'], 'whoever it is, their browser is asked for a passkey')
  })
})

describe('signing in over a planted cookie', () => {
  test('gives a value of our own: the planted one stays anonymous (A27)', async () => {
    const planted = `abcx${'a'.repeat(32)}`
    const browser = product.browser()
    browser.cookies.set(SESSION, planted)
    browser.cookies.set(PENDING, planted)
    await browser.post('/sign-in', { email: protectedEmail, password: PASSWORD })
    assert.match(browser.cookies.get(PENDING) ?? '', /^[0-9a-f]{1,14}x[0-9a-f]{32}$/)
    assert.notEqual(browser.cookies.get(PENDING), planted)
    await browser.post('/sign-in', { email: known, password: PASSWORD })
    assert.notEqual(browser.cookies.get(SESSION), planted)
    const attacker = product.browser()
    attacker.cookies.set(SESSION, planted)
    assert.equal((await attacker.get('/')).status, 303)
  })

  test('from another site with the credentials of an attacker sets no cookie (A41)', async () => {
    const browser = product.browser()
    for (const headers of [
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    ]) {
      const answer = await browser.post('/sign-in', { email: known, password: PASSWORD }, headers)
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []])
    }
    const own = await browser.post('/sign-in', { email: known, password: PASSWORD }, { Origin: BASE_URL })
    assert.equal(own.status, 303)
  })
})
