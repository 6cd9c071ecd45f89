import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  answerCode,
  codeOf,
  copyOf,
  everyRow,
  latchkey,
  loggedEvents,
  owingCode,
  PASSWORD,
  SESSION,
  signedInWith,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'

const product = await latchkey()
const { clock, database } = product
const NEW = 'eleven sardines hum quietly'
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [PASSWORD, NEW])
})
after(product.close)

const PAGE = '/settings/password'

describe('changing the password', () => {
  test('the new one signs in from then on, the old one does not', async () => {
    const { browser, email } = await signedUp(product)
    clock.advance(1000)
    const answer = await browser.post(PAGE, { current: PASSWORD, new: NEW })
    assert.deepEqual([answer.status, answer.location], [303, '/settings/account'])
    assert.match((await browser.get('/settings/account')).text, /Your password has been changed\./)
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 422)
    assert.equal((await product.browser().post('/sign-in', { email, password: NEW })).location, '/')
    assert.deepEqual((await stateOf(database, email)).account.passwordChangedAt, clock.now())
    assert.deepEqual((await loggedEvents(product, email)).slice(2, 3), ['password_changed'])
  })

  test('ends every other session and every pending sign-in; its own goes on under a new token (A14)', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const other = await signedInWith(product, email, codes[0] ?? '')
    const pending = await owingCode(product, email)
    const old = copyOf(product, browser)
    await browser.post(PAGE, { current: PASSWORD, new: NEW })
    assert.notEqual(browser.cookies.get(SESSION), old.cookies.get(SESSION))
    assert.equal((await browser.get('/')).status, 200)
    for (const ended of [other, old]) assert.equal((await ended.get('/')).location, '/sign-in')
    const answer = await answerCode(pending, codeOf(key, clock.now()))
    assert.equal(answer.location, '/sign-in')
    assert.equal(pending.cookies.get(SESSION), undefined)
    const { sessions, pendingSignIns, factors } = await stateOf(database, email)
    assert.deepEqual([sessions.length, pendingSignIns.length, factors.length], [1, 0, 1])
  })

  test('the second factor stays: the new password alone does not sign in', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    await browser.post(PAGE, { current: PASSWORD, new: NEW })
    const later = product.browser()
    assert.equal((await later.post('/sign-in', { email, password: NEW })).location, '/sign-in/two-factor')
    assert.equal((await later.get('/')).location, '/sign-in/two-factor')
    assert.equal((await answerCode(later, codeOf(key, clock.now()))).status, 303)
  })

  test('other accounts notice nothing', async () => {
    const { browser } = await signedUp(product)
    const { browser: neighbour, email } = await signedUp(product)
    const before = await stateOf(database, email)
    await browser.post(PAGE, { current: PASSWORD, new: NEW })
    assert.equal((await neighbour.get('/')).status, 200)
    assert.equal(JSON.stringify(await stateOf(database, email)), JSON.stringify(before))
  })
})

describe('what does not change it', () => {
  const refused: [string, { current?: string; new?: string }, RegExp][] = [
    ['one that is too short', { current: PASSWORD, new: 'kettle marches' }, /needs at least 15 characters/],
    ['one that is too long', { current: PASSWORD, new: 'kettle marches '.repeat(18) }, /at most 256 characters/],
    ['a common one', { current: PASSWORD, new: 'passwordpassword' }, /easy to guess\. Try a few unrelated words/],
    ['the product’s name', { current: PASSWORD, new: 'latchkeylatchkey' }, /the name of this site/],
    ['the same one', { current: PASSWORD, new: PASSWORD }, /the password you have now/],
    ['none', { current: PASSWORD, new: '' }, /Choose a new password/],
    ['no current one', { new: NEW }, /Enter your (current )?password/],
    ['a wrong current one', { current: 'wrong', new: NEW }, /not the password of this account/],
  ]
  for (const [what, fields, sentence] of refused)
    test(`${what}: said beside the field, nothing typed comes back, nothing changes`, async () => {
      const { browser, email } = await signedUp(product)
      const before = await stateOf(database, email)
      const answer = await browser.post(PAGE, fields)
      assert.equal(answer.status, 422)
      assert.match(answer.text, sentence)
      assert.match(answer.html, /aria-invalid="true"/)
      for (const typed of [fields.current, fields.new]) assert.ok(!typed || !answer.html.includes(typed))
      const now = await stateOf(database, email)
      assert.deepEqual([now.account, now.sessions], [before.account, before.sessions])
    })

  test('one made of the email', async () => {
    const { browser, email } = await signedUp(product)
    const answer = await browser.post(PAGE, { current: PASSWORD, new: email.toUpperCase() })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /contains your email address/)
  })

  test('the same one in another spelling (NFC)', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(PAGE, { current: PASSWORD, new: 'caf\u00e9 lanterns uphill' })
    const again = await browser.post(PAGE, { current: 'caf\u00e9 lanterns uphill', new: 'cafe\u0301 lanterns uphill' })
    assert.equal(again.status, 422)
    assert.match(again.text, /the password you have now/)
    const decomposed = { email, password: 'cafe\u0301 lanterns uphill' }
    assert.equal((await product.browser().post('/sign-in', decomposed)).location, '/')
  })

  test('a form the person did not fill in: a GET, or one field of another page (A59)', async () => {
    const { browser } = await signedUp(product)
    const before = await everyRow(product)
    assert.equal((await browser.get(`${PAGE}?current=${encodeURIComponent(PASSWORD)}&new=x`)).status, 200)
    assert.equal((await browser.post(PAGE, { current: PASSWORD, new: NEW, account_id: '1' })).status, 400)
    assert.equal((await browser.post(PAGE, 'current=a&new=b&new=c')).status, 400)
    assert.deepEqual(await everyRow(product), before)
  })

  test('nobody without a session (A06)', async () => {
    const { email } = await withTwoFactor(product)
    const pending = await owingCode(product, email)
    for (const visitor of [product.browser(), pending])
      assert.match((await visitor.post(PAGE, { current: PASSWORD, new: NEW })).location ?? '', /^\/sign-in/)
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 303)
  })
})
