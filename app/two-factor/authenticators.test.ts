import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  owingCode,
  PASSWORD,
  SESSION,
  signedInWith,
  signedUp,
  viewingCodes,
  withAnother,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, everything, stateOf } from '#testing/invariants.ts'
import { readName, suggestedName } from './authenticators.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const LIST = '/settings/two-factor/authenticators'

/** An account with two authenticators: the first one, and one called "Spare phone" that was added. */
async function withTwo() {
  const story = await withTwoFactor(product)
  const spare = await withAnother(product, story.browser)
  const first = (await stateOf(database, story.email)).factors.find(({ id }) => id !== spare.id)
  assert.ok(first)
  return { ...story, spare, first: { id: first.id, key: story.key } }
}

const factorOf = async (email: string, id: string) => {
  const found = (await stateOf(database, email)).factors.find((factor) => factor.id === id)
  assert.ok(found)
  return found
}

describe('a new name', () => {
  test('is on the list, is logged with the authenticator’s id, and ends nothing', async () => {
    const { browser, email, spare, codes } = await withTwo()
    const other = await signedInWith(product, email, codes[0] ?? '')
    const before = await stateOf(database, email)
    assert.match((await browser.get(`${LIST}/${spare.id}/rename`)).html, /name="name"[^>]* value="Spare phone"/)
    const answer = await browser.post(`${LIST}/${spare.id}/rename`, { name: '  Téléphone “bis” 📱 ' })
    assert.equal(answer.location, LIST)
    assert.match((await browser.get(LIST)).text, /The authenticator has its new name\..*Téléphone “bis” 📱 Added/)
    const { account, events } = await stateOf(database, email)
    assert.equal(account.securityVersion, before.account.securityVersion)
    const renamed = events.filter(({ kind }) => kind === 'authenticator_renamed')
    assert.deepEqual(
      renamed.map(({ subject, notice }) => [subject, notice]),
      [[spare.id, null]],
    )
    assert.equal((await other.get('/')).status, 200)
  })

  test('that will not do is refused beside the field, and what was typed is not lost', async () => {
    const { browser, spare } = await withTwo()
    const before = await everyRow(product)
    for (const [name, sentence] of [
      ['', 'Give it a name.'],
      [' \u200B ', 'Give it a name.'],
      ['x'.repeat(41), 'The name can have at most 40 characters.'],
      ['a\u0007b', "The name has a character that can't be shown on one line."],
      ['a\u202Eb', "The name has a character that can't be shown on one line."],
    ] as const) {
      const { status, html, text } = await browser.post(`${LIST}/${spare.id}/rename`, { name })
      assert.equal(status, 422)
      assert.ok(text.includes(sentence), text)
      assert.ok(html.includes(` value="${name}"`))
    }
    assert.deepEqual(await everyRow(product), before)
  })

  test('is never markup', async () => {
    const { browser, spare } = await withTwo()
    await browser.post(`${LIST}/${spare.id}/rename`, { name: '<script>alert(1)</script>' })
    for (const path of [
      LIST,
      `${LIST}/${spare.id}/rename`,
      `${LIST}/${spare.id}/remove`,
      '/settings/two-factor/replace/move',
    ])
      assert.doesNotMatch((await browser.get(path)).html, /<script>alert/)
  })

  test('readName: forty characters, counted as people do, and not one more', () => {
    assert.deepEqual(readName('📱'.repeat(40)), { ok: true, name: '📱'.repeat(40) })
    assert.equal(readName('📱'.repeat(41)).ok, false)
    assert.deepEqual(readName(' e\u0301 '), { ok: true, name: 'é' })
    assert.equal(
      suggestedName('Authenticator', [{ name: 'Authenticator' }, { name: 'Authenticator 3' }]),
      'Authenticator 4',
    )
  })
})

describe('removing one', () => {
  test('takes its secret out of the database, ends other sessions, and its codes no longer open anything', async () => {
    const { browser, email, first, spare, codes } = await withTwo()
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await owingCode(product, email)
    const before = await stateOf(database, email)
    const { secret } = await factorOf(email, spare.id)
    assert.match((await browser.get(`${LIST}/${spare.id}/remove`)).text, /Codes from Spare phone will no longer open/)
    const old = copyOf(product, browser)
    assert.equal((await browser.post(`${LIST}/${spare.id}/remove`, { password: PASSWORD })).location, LIST)
    assert.match((await browser.get(LIST)).text, /The authenticator has been removed\./)
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(first.key, clock.now()))).location, '/sign-in')
    const now = await stateOf(database, email)
    assert.deepEqual([now.factors.length, now.sessions.length, now.pendingSignIns.length], [1, 1, 0])
    assert.equal(now.account.securityVersion, before.account.securityVersion + 1)
    assert.deepEqual(now.recoveryCodes, before.recoveryCodes)
    assert.ok(!JSON.stringify(await everything(database)).includes(secret))
    const removed = now.events.filter(({ kind }) => kind === 'authenticator_removed')
    assert.deepEqual(
      removed.map(({ subject, notice }) => [subject, notice]),
      [[spare.id, 'due']],
    )
    const later = await owingCode(product, email)
    assert.match((await answerCode(later, codeOf(spare.key, clock.now()))).text, /That code is not right\./)
    assert.equal((await answerCode(later, codeOf(first.key, clock.now()))).status, 303)
    assert.deepEqual((await viewingCodes(browser)).codes, codes.slice(1))
  })

  test('leaves the count of wrong codes as it is: they were guesses at those that stay', async () => {
    const { browser, email, spare } = await withTwo()
    const guesser = await owingCode(product, email)
    for (let guesses = 0; guesses < 3; guesses++) await answerCode(guesser, '000000')
    await browser.post(`${LIST}/${spare.id}/remove`, { password: PASSWORD })
    const { account } = await stateOf(database, email)
    const { limits } = await everything(database)
    assert.equal(limits.find(({ key }) => key === `authenticator:${account.id}`)?.count, 3)
  })

  test('needs the password, and is not done by GET (A25)', async () => {
    const { browser, spare } = await withTwo()
    const before = (await everyRow(product)).factors
    for (const password of ['wrong', '']) {
      const { status, html } = await browser.post(`${LIST}/${spare.id}/remove`, { password })
      assert.equal(status, 422)
      assert.match(html, /id="password-error"/)
    }
    await browser.get(`${LIST}/${spare.id}/remove`)
    assert.deepEqual((await everyRow(product)).factors, before)
  })

  test('the last one leads to Disable and removes nothing, by page and by form', async () => {
    const { browser, email, codes } = await withTwoFactor(product)
    const [only] = (await stateOf(database, email)).factors
    const page = await browser.get(`${LIST}/${only?.id}/remove`)
    assert.match(page.text, /is your only authenticator/)
    assert.match(page.html, /href="\/settings\/two-factor\/disable"/)
    assert.doesNotMatch(page.html, /type="password"/)
    const before = await everyRow(product)
    const answer = await browser.post(`${LIST}/${only?.id}/remove`, { password: PASSWORD })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /is your only authenticator/)
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await viewingCodes(browser)).codes.length, codes.length)
  })

  test('another account’s, one that never was, one that is gone: none of them is there', async () => {
    const { browser } = await withTwo()
    const { spare: theirs, email: other } = await withTwo()
    const before = await everyRow(product)
    for (const id of [theirs.id, 'nobody', '%00', '..%2F..'])
      for (const what of ['rename', 'remove']) {
        assert.equal((await browser.get(`${LIST}/${id}/${what}`)).location, LIST)
        const fields: Record<string, string> = what === 'rename' ? { name: 'Mine now' } : { password: PASSWORD }
        assert.equal((await browser.post(`${LIST}/${id}/${what}`, fields)).location, LIST)
        assert.match(
          (await browser.get(LIST)).text,
          /This account doesn't have that authenticator, or no longer does\./,
        )
      }
    assert.deepEqual(await everyRow(product), before)
    assert.equal((await stateOf(database, other)).factors.length, 2)
  })

  test('Disable takes all of them', async () => {
    const { browser, email } = await withTwo()
    await browser.post('/settings/two-factor/disable', { password: PASSWORD })
    const { factors: left, recoveryCodes } = await stateOf(database, email)
    assert.deepEqual([left.length, recoveryCodes.length], [0, 0])
  })
})

test('without a second factor there is no list', async () => {
  const { browser } = await signedUp(product)
  for (const path of [LIST, `${LIST}/x/remove`, `${LIST}/x/rename`])
    assert.equal((await browser.get(path)).location, '/settings/account')
})
