import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, factors, recoveries, spentChallenges, userHandles } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  everyRow,
  KNOWN,
  latchkey,
  loggedEvents,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { addPasskey, requestOptionsIn, withPasskey } from '#testing/passkeys.ts'
import { type SoftwareAuthenticator, softwareAuthenticator } from '#testing/software-authenticator.ts'

const product = await latchkey()
const { clock, database } = product
const { db } = database
// Another process of the same product, and one that counts what an address tries.
const neighbour = await latchkey({}, product)
const limited = await latchkey({ attemptsPerAddress: 5 }, product)
afterEach(async () => {
  const { faults } = product
  assert.deepEqual([...faults.splice(0), ...neighbour.faults.splice(0), ...limited.faults.splice(0)], [])
  await assertInvariants(database, [PASSWORD])
})
after(product.close)

const MINUTE = 60_000
const ALONE = '__Host-latchkey-passkey'
const PATH = '/sign-in/passkey'
const REFUSED = /That passkey is not known here, or was refused/
const OVER = /This page was open for too long, or it was used already/

/** What the sign-in page asks of whoever comes. */
const asked = async (browser: Browser) => requestOptionsIn((await browser.get('/sign-in')).html)

/** Comes to the sign-in page and answers with the device, as it is or otherwise. */
async function comes(device: SoftwareAuthenticator, instead = {}, browser = product.browser()) {
  const answer = await browser.post(PATH, { passkey: device.sign(await asked(browser), instead), cookie: 'asked' })
  return { browser, ...answer }
}

const change = (email: string, to: Partial<typeof accounts.$inferInsert>) =>
  db.update(accounts).set(to).where(eq(accounts.email, email))

const isIn = async (browser: Browser) => (await browser.get('/settings/account')).status === 200

describe('a passkey alone', () => {
  test('signs its account in, with no name, no password and no code, and shows a second factor that resists phishing', async () => {
    const { email, device } = await withPasskey(product)
    const { browser, location } = await comes(device)
    assert.equal(location, '/')
    assert.ok(await isIn(browser), 'signed in')
    assert.ok(!browser.cookies.has(ALONE), 'what was asked is used up')
    assert.equal((await loggedEvents(product, email)).at(-1), 'signed_in passkey')
    const session = (await stateOf(database, email)).sessions.find(({ startedAt }) => startedAt >= clock.now())
    assert.deepEqual([session?.provedAt, session?.resistedAt], [clock.now(), clock.now()])
    const [used] = (await stateOf(database, email)).factors
    assert.deepEqual(used?.lastUsedAt, clock.now())
  })

  test('leads where the page was to lead, and nowhere else', async () => {
    const { device } = await withPasskey(product)
    for (const [return_to, to] of [
      ['/settings/activity', '/settings/activity'],
      ['https://evil.example/', '/'],
    ] as const) {
      const browser = product.browser()
      const answer = await browser.post(PATH, { passkey: device.sign(await asked(browser)), return_to })
      assert.equal(answer.location, to)
    }
  })

  test('takes back the deletion of its account, and stops a wait for a lost second factor', async () => {
    const { email, device } = await withPasskey(product)
    const [{ id: accountId }, now] = [await accountOf(product, email), clock.now()]
    await change(email, { deleteAt: new Date(now.getTime() + MINUTE) })
    const wait = { accountId, begunAt: now, opensAt: new Date(now.getTime() + MINUTE) }
    await db.insert(recoveries).values({ ...wait, address: '192.0.2.1', browser: 'Firefox', system: 'Linux' })
    const { browser } = await comes(device)
    assert.equal((await accountOf(product, email)).deleteAt, null)
    assert.deepEqual(await db.select().from(recoveries).where(eq(recoveries.accountId, accountId)), [])
    assert.match((await browser.get('/')).text, /won't be deleted|stays|is kept/i)
    const logged = await loggedEvents(product, email)
    for (const kind of ['recovery_stopped', 'deletion_undone']) assert.ok(logged.includes(kind), kind)
  })

  test('makes its browser known, and a new one is told of by mail', async () => {
    const { email, device, browser: first } = await withPasskey(product)
    const due = async () => (await stateOf(database, email)).events.filter(({ notice }) => notice === 'due').length
    const before = await due()
    const back = product.browser()
    back.cookies.set(KNOWN, first.cookies.get(KNOWN) ?? '')
    assert.equal((await comes(device, {}, back)).location, '/')
    assert.equal(await due(), before, 'the owner’s own browser')
    const { browser } = await comes(device)
    assert.equal(await due(), before + 1, 'a new one')
    assert.ok(browser.cookies.has(KNOWN), 'it is known from now on')
    const again = product.browser()
    again.cookies.set(KNOWN, browser.cookies.get(KNOWN) ?? '')
    await comes(device, {}, again)
    assert.equal(await due(), before + 1)
  })

  test('whose counter fell signs in, and its owner hears of it (K12)', async () => {
    const { email, device } = await withPasskey(product, softwareAuthenticator({ counts: true }))
    assert.equal((await comes(device)).location, '/')
    assert.equal((await comes(device, { counter: 1 })).location, '/')
    assert.deepEqual((await loggedEvents(product, email)).slice(-2).sort(), [
      'passkey_counter_fell',
      'signed_in passkey',
    ])
  })

  test('is asked for on the sign-in page by a question that says nothing of anybody', async () => {
    const [one, two] = [await asked(product.browser()), await asked(product.browser())]
    assert.notEqual(one.challenge, two.challenge)
    assert.deepEqual([one.userVerification, one.allowCredentials ?? []], ['required', []])
  })
})

describe('nobody is signed in by a passkey', () => {
  test('that made sure of nobody, or that nobody touched (K02)', async () => {
    const { email, device } = await withPasskey(product)
    for (const flags of [{ verified: false }, { present: false }]) {
      const { browser, status, text } = await comes(device, { flags })
      assert.deepEqual([status, REFUSED.test(text), browser.cookies.has(SESSION)], [422, true, false])
    }
    assert.deepEqual((await loggedEvents(product, email)).slice(-2), ['code_wrong', 'code_wrong'])
  })

  test('with a signature, a site, an address or a kind of answer that isn’t ours (K03)', async () => {
    const { device } = await withPasskey(product)
    for (const instead of [
      { signature: Buffer.alloc(64, 1) },
      { rpId: 'elsewhere.example' },
      { origin: 'https://elsewhere.example' },
      { type: 'webauthn.create' },
      { crossOrigin: true },
    ]) {
      const { browser, text } = await comes(device, instead)
      assert.match(text, REFUSED, JSON.stringify(instead))
      assert.ok(!browser.cookies.has(SESSION), JSON.stringify(instead))
    }
  })

  test('that nobody has here, in the same words as for a wrong one, and its device may forget it (K06)', async () => {
    const { device } = await withPasskey(product)
    const wrong = await comes(device, { signature: Buffer.alloc(64, 1) })
    const before = await everyRow(product)
    const stranger = softwareAuthenticator()
    const unknown = await comes(stranger)
    assert.deepEqual([unknown.status, unknown.text], [wrong.status, wrong.text])
    assert.ok(unknown.html.includes(stranger.id), 'the browser is told which')
    assert.ok(!wrong.html.includes(device.id), 'nobody forgets one that is good')
    const { spent_challenges: spent, ...after } = await everyRow(product)
    assert.equal(spent?.length, (before.spent_challenges?.length ?? 0) + 1)
    assert.deepEqual({ ...after, spent_challenges: before.spent_challenges }, before)
  })

  test('for another user handle, and one that names none is good (K06)', async () => {
    const [{ device }, other] = [await withPasskey(product), await withPasskey(product)]
    const { id } = await accountOf(product, other.email)
    const [theirs] = await db.select().from(userHandles).where(eq(userHandles.accountId, id))
    assert.match((await comes(device, { userHandle: theirs?.handle ?? '' })).text, REFUSED)
    assert.match((await comes(device, { userHandle: 'bm9ib2R5' })).text, REFUSED)
    assert.equal((await comes(device, { userHandle: null })).location, '/')
  })

  test('twice with one answer, in whatever window (K04)', async () => {
    const { device } = await withPasskey(product)
    const browser = product.browser()
    const passkey = device.sign(await asked(browser))
    const thief = product.browser()
    thief.cookies.set(ALONE, browser.cookies.get(ALONE) ?? '')
    assert.equal((await browser.post(PATH, { passkey })).location, '/')
    const again = await thief.post(PATH, { passkey })
    assert.deepEqual([again.status, OVER.test(again.text), thief.cookies.has(SESSION)], [422, true, false])
  })

  test('of twenty equal answers at once, in two processes, but for one (K04)', async () => {
    const { email, device } = await withPasskey(product)
    const first = product.browser()
    const passkey = device.sign(await asked(first))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const window = (n % 2 === 0 ? product : neighbour).browser()
        window.cookies.set(ALONE, first.cookies.get(ALONE) ?? '')
        return window.post(PATH, { passkey })
      }),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array.from({ length: 19 }, () => 422)])
    const logged = await loggedEvents(product, email)
    assert.equal(logged.filter((event) => event === 'signed_in passkey').length, 1)
  })

  test('in a browser that was asked something else, or nothing (K04)', async () => {
    const { email, device } = await withPasskey(product)
    const [mine, theirs] = [product.browser(), product.browser()]
    const passkey = device.sign(await asked(mine))
    await asked(theirs)
    for (const browser of [theirs, product.browser()]) {
      assert.match((await browser.post(PATH, { passkey })).text, OVER)
      assert.ok(!browser.cookies.has(SESSION), 'nobody is signed in')
    }
    for (const planted of ['', 'x', `${'a'.repeat(31)}g`, 'a'.repeat(64)]) {
      const browser = product.browser()
      browser.cookies.set(ALONE, planted)
      assert.match((await browser.post(PATH, { passkey })).text, OVER)
    }
    assert.ok(!(await loggedEvents(product, email)).includes('code_wrong'), 'that was no guess')
  })

  test('by an answer to a second step, and none of its own is one there (K04)', async () => {
    const { email, device } = await withPasskey(product)
    const owing = product.browser()
    await owing.post('/sign-in', { email, password: PASSWORD })
    const secondStep = requestOptionsIn((await owing.get('/sign-in/two-factor')).html)
    const browser = product.browser()
    const alone = await asked(browser)
    assert.match((await browser.post(PATH, { passkey: device.sign(secondStep) })).text, OVER)
    assert.equal((await owing.post('/sign-in/two-factor', { passkey: device.sign(alone) })).status, 422)
    // Not even where the token of the one is put in the place of the other.
    const planted = product.browser()
    planted.cookies.set(ALONE, owing.cookies.get(PENDING) ?? '')
    assert.match((await planted.post(PATH, { passkey: device.sign(secondStep) })).text, OVER)
  })

  test('after twenty minutes, and until ten whatever the clock says at first (K04)', async () => {
    const { device } = await withPasskey(product)
    const answerAfter = async (minutes: number) => {
      const browser = product.browser()
      const passkey = device.sign(await asked(browser))
      clock.advance(minutes * MINUTE)
      return browser.post(PATH, { passkey })
    }
    assert.equal((await answerAfter(10)).location, '/')
    const late = await answerAfter(20)
    assert.deepEqual([late.status, OVER.test(late.text)], [422, true])
  })

  test('that is refused is asked anew at once, and then signs in', async () => {
    const { device } = await withPasskey(product)
    const { browser, html } = await comes(device, { flags: { verified: false } })
    const answer = await browser.post(PATH, { passkey: device.sign(requestOptionsIn(html)) })
    assert.equal(answer.location, '/')
  })

  test('that is removed while it signs in (K09)', async () => {
    const { email, browser: owner, device } = await withPasskey(product)
    const spare = await addPasskey(owner)
    const [removed] = (await stateOf(database, email)).factors.filter(({ credentialId }) => credentialId === device.id)
    const { signInsAlone } = product.deps
    const slow = await latchkey(
      {},
      {
        ...product,
        parts: {
          signInsAlone: {
            ...signInsAlone,
            async completeAlone(...of) {
              const to = `/settings/two-factor/authenticators/${removed?.id}/remove`
              assert.equal((await owner.post(to, { password: PASSWORD })).status, 303)
              return signInsAlone.completeAlone(...of)
            },
          },
        },
      },
    )
    const late = await comes(device, {}, slow.browser())
    assert.match(late.text, REFUSED)
    assert.ok(!late.browser.cookies.has(SESSION), 'nobody is signed in')
    assert.match((await comes(device)).text, REFUSED)
    assert.equal((await comes(spare)).location, '/')
  })

  test('of a suspended or an ended account, which is told after a right answer alone (K10)', async () => {
    const { email, device } = await withPasskey(product)
    for (const [state, said] of [
      [{ suspendedAt: clock.now() }, /This account is suspended/],
      [{ suspendedAt: null, endsAt: clock.now() }, /This account has ended/],
    ] as const) {
      await change(email, state)
      const right = await comes(device)
      assert.deepEqual([right.status, said.test(right.text), right.browser.cookies.has(SESSION)], [422, true, false])
      assert.match((await comes(device, { signature: Buffer.alloc(64, 1) })).text, REFUSED)
    }
    await change(email, { endsAt: null })
  })

  test('whose secret does not open, and it is no fault of ours', async () => {
    const { email, device } = await withPasskey(product)
    const [factor] = (await stateOf(database, email)).factors
    const keep = (secret = '') => db.update(factors).set({ secret }).where(eq(factors.credentialId, device.id))
    await keep('v1.AAAA')
    assert.match((await comes(device)).text, REFUSED)
    await keep(factor?.secret)
    assert.equal((await comes(device)).location, '/')
  })

  test('more often than an address may try, known or not, and its own browser isn’t held up by others (A19)', async () => {
    const { device, browser: owner } = await withPasskey(product)
    const at = { address: '203.0.113.77' }
    const guess = () =>
      limited.browser(at).post(PATH, { passkey: softwareAuthenticator().sign({ challenge: 'x', rpId: 'y' }) })
    for (let tries = 0; tries < 5; tries++) assert.equal((await guess()).status, 422)
    const waits = await guess()
    assert.deepEqual([waits.status, Number(waits.headers.get('Retry-After')) > 0], [429, true])
    assert.equal((await comes(device, {}, limited.browser(at))).status, 429)
    const known = limited.browser(at)
    known.cookies.set(KNOWN, owner.cookies.get(KNOWN) ?? '')
    assert.equal((await comes(device, {}, known)).location, '/')
  })

  test('by a form with nothing in it, junk, or an answer that registers', async () => {
    const { browser: other } = await signedUp(product)
    for (const passkey of ['', '{}', 'x', '[]', `${'['.repeat(5000)}`, '{"id":"\\u0000"}']) {
      const browser = product.browser()
      await asked(browser)
      const answer = await browser.post(PATH, { passkey, cookie: 'asked' })
      assert.deepEqual([answer.status, browser.cookies.has(SESSION)], [422, false], passkey.slice(0, 20))
    }
    assert.ok(await isIn(other), 'others go on')
  })
})

test('a browser that keeps no cookies hears so', async () => {
  const { device } = await withPasskey(product)
  const passkey = device.sign(await asked(product.browser()))
  const answer = await product.browser().post(PATH, { passkey, cookie: 'asked' })
  assert.deepEqual([answer.status, /cookie/i.test(answer.text)], [422, true])
})

test('a spent question is kept for as long as it could be answered, and no longer', async () => {
  const { device } = await withPasskey(product)
  await comes(device)
  const rows = await db.select().from(spentChallenges)
  const last = rows.map(({ expiresAt }) => expiresAt.getTime()).sort((a, b) => b - a)[0]
  assert.equal(last, clock.now().getTime() + 20 * MINUTE)
})
