import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  accountOf,
  everyRow,
  KNOWN,
  latchkey,
  loggedEvents,
  newEmail,
  PASSWORD,
  SESSION,
  signedUp,
} from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

const signUp = (fields: Record<string, string>, on = product) => on.browser().post('/sign-up', fields)

/** Runs `during` and counts the hashes that were made. */
async function hashesMade(during: () => Promise<unknown>) {
  const { hash } = product.deps.passwords
  let made = 0
  product.deps.passwords.hash = (...of) => {
    made++
    return hash(...of)
  }
  try {
    await during()
  } finally {
    product.deps.passwords.hash = hash
  }
  return made
}

describe('a new account', () => {
  test('is signed in at once and knows how it began', async () => {
    const { browser, email } = await signedUp(product)
    assert.deepEqual([...browser.cookies.keys()], [SESSION, KNOWN])
    assert.equal((await browser.get('/')).status, 200)
    assert.deepEqual(await loggedEvents(product, email), ['signed_up', 'signed_in password'])
  })

  test('is one for one mailbox: case, blanks and twenty at once make no second (A52)', async () => {
    const email = newEmail()
    const spellings = [email, email.toUpperCase(), ` ${email}`, email.replace('e', 'E')]
    const neighbour = await latchkey({}, product)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        signUp(
          { email: spellings[index % 4] ?? '', password: `${PASSWORD} ${index}` },
          index % 2 ? neighbour : product,
        ),
      ),
    )
    assert.equal(answers.filter(({ status }) => status === 303).length, 1)
    assert.equal(answers.filter(({ status }) => status === 422).length, 19)
    const { accounts = [], sessions = [] } = await everyRow(product)
    assert.equal(accounts.filter((row) => row.includes(email)).length, 1)
    const { id } = await accountOf(product, email)
    assert.equal(sessions.filter((row) => row.includes(`"accountId":${id},`)).length, 1)
    assert.deepEqual([product.faults, neighbour.faults], [[], []])
  })

  test('where there is one already leaves password, sessions and log as they were (A52)', async () => {
    const { browser, email } = await signedUp(product)
    const before = await everyRow(product)
    const again = await signUp({ email, password: 'another quiet harbour bell' })
    assert.equal(again.status, 422)
    assert.match(again.text, /There is already an account with this email/)
    assert.deepEqual(again.headers.getSetCookie(), [])
    const afterwards = await everyRow(product)
    for (const table of ['accounts', 'sessions', 'events']) assert.deepEqual(afterwards[table], before[table])
    assert.equal((await browser.get('/')).status, 200)
    const signIn = (password: string) => product.browser().post('/sign-in', { email, password })
    assert.equal((await signIn('another quiet harbour bell')).status, 422)
    assert.equal((await signIn(PASSWORD)).location, '/')
  })

  test('says that an email is taken only within the budget of an address (A50)', async () => {
    const limited = await latchkey({ attemptsPerAddress: 3 }, product)
    const { email } = await signedUp(product)
    const statuses: number[] = []
    for (let attempt = 0; attempt < 4; attempt++)
      statuses.push((await signUp({ email, password: PASSWORD }, limited)).status)
    assert.deepEqual(statuses, [422, 422, 422, 429])
  })

  test('costs a hash whether the email is taken or not (A51)', async () => {
    const { email } = await signedUp(product)
    assert.equal(await hashesMade(() => signUp({ email, password: PASSWORD })), 1)
    assert.equal(await hashesMade(() => signUp({ email: newEmail(), password: PASSWORD })), 1)
  })
})

describe('the password of a new account', () => {
  for (const [what, password, words] of [
    ['fourteen characters', 'quartz lamp oe', /at least 15 characters/],
    ['257 code points of four bytes each', '🔑'.repeat(257), /at most 256 characters/],
    ['three hundred code points', 'quartz lamp '.repeat(25), /at most 256 characters/],
    ['a common one', 'passwordpassword', /easy to guess\. Try a few unrelated words/],
  ] as const)
    test(`of ${what} is refused with 422 and the reason, without a hash (A62)`, async () => {
      const email = newEmail()
      const before = await everyRow(product)
      let html = ''
      const made = await hashesMade(async () => {
        const answer = await signUp({ email, password })
        assert.equal(answer.status, 422)
        assert.match(answer.text, words)
        html = answer.html
      })
      assert.equal(made, 0)
      assert.ok(html.includes(email) && !html.includes(password), 'the email is kept, the password is not')
      assert.deepEqual(await everyRow(product), before)
    })

  test('of 256 code points, most of them of four bytes, is taken, and is compared whole', async () => {
    const email = newEmail()
    const letters = [...`quartz lamp 7 violet kettle ${'🔑'.repeat(256)}`].slice(0, 256)
    const password = letters.join('')
    assert.equal((await signUp({ email, password })).status, 303)
    const signIn = (typed: string) => product.browser().post('/sign-in', { email, password: typed })
    assert.equal((await signIn(letters.slice(0, -1).join(''))).status, 422)
    assert.equal((await signIn(password)).status, 303)
  })

  test('of a megabyte is refused before it is read (A62)', async () => {
    let status = 0
    const made = await hashesMade(async () => {
      status = (await signUp({ email: newEmail(), password: 'a'.repeat(1_000_000) })).status
    })
    assert.deepEqual([status, made], [413, 0])
  })
})

describe('an odd email', () => {
  const local = 'ada'
  for (const [what, email] of [
    ['without a domain', local],
    ['with a line end and a header', `${local}@example.com\r\nBcc: eve@example.com`],
    ['with a lone surrogate', `${local}\ud800@example.com`],
    ['with a blank inside', `${local} x@example.com`],
    ['with a second address', `${local}@example.com,eve@example.com`],
    ['with a Cyrillic a', `аda@example.com`],
    ['of four-byte characters', '🔑@example.com'],
    ['with markup', '"<script>"@example.com'],
    ['of 300 characters', `${'a'.repeat(288)}@example.com`],
  ] as const)
    test(`${what} is refused with 422 or 400 and makes nothing (A47, A58)`, async () => {
      const before = await everyRow(product)
      const answer = await signUp({ email, password: PASSWORD })
      assert.ok([400, 422].includes(answer.status), `answered ${answer.status}`)
      assert.ok(!answer.html.includes('<script>'))
      assert.deepEqual(await everyRow(product), before)
      assert.deepEqual(product.faults, [])
    })
})
