import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { assertInvariants, assertUnreadable, stateOf } from '../invariants.ts'
import {
  type Browser,
  codeOf,
  DONE,
  ENROLMENT,
  enrolling,
  latchkey,
  PASSWORD,
  readCodes,
  readEnrolPage,
  SET_UP,
  signedUp,
} from '../testing.ts'

const product = await latchkey()
const { clock, database } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const isOn = async (email: string) => (await stateOf(database, email)).factors.length === 1
const MINUTE = 60_000

describe('I’ve saved the data', () => {
  test('Done without the tick is refused beside the tick, and changes nothing (A08)', async () => {
    const { browser, email } = await signedUp(product)
    const { enrolment, codes } = await enrolling(product, browser)
    for (const fields of [{ enrolment }, { enrolment, saved: 'no' }, { enrolment, saved: '' }]) {
      const answer = await browser.post(DONE, fields)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /Save the recovery codes first, then tick this/)
      assert.match(answer.html, /aria-describedby="saved-error"/)
      assert.deepEqual(readCodes(answer.html), codes)
      assert.ok(!(await isOn(email)))
    }
  })

  test('Done without a right code is refused, ticked or not (A08)', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const { key, enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
    for (const fields of [{ enrolment, saved: 'yes' }, { enrolment }]) {
      const answer = await browser.post(DONE, fields)
      assert.equal(answer.status, 409)
      assert.match(answer.text, /Enter the code first/)
      assert.equal(readEnrolPage(answer.html).key, key)
      assert.ok(!(await isOn(email)))
    }
    for (const path of [`${DONE}/download`, `${DONE}/print`]) assert.equal((await browser.get(path)).location, SET_UP)
    assert.equal((await browser.post(`${DONE}/download`)).location, SET_UP)
    assert.equal((await browser.post(DONE, { enrolment, saved: 'yes' })).status, 409)
  })

  test('a download counts as the tick, and the page shows it ticked', async () => {
    const { browser, email } = await signedUp(product)
    const { enrolment } = await enrolling(product, browser)
    assert.doesNotMatch((await browser.get(DONE)).html, /<input type="checkbox"[^>]* checked/)
    assert.equal((await browser.post(`${DONE}/download`)).location, `${DONE}/download`)
    assert.match((await browser.get(DONE)).html, /<input type="checkbox"[^>]* checked/)
    assert.equal((await browser.post(DONE, { enrolment })).location, '/settings/account')
    assert.ok(await isOn(email))
  })

  test('looking at the print page, or at the file without asking for it, does not count', async () => {
    const { browser, email } = await signedUp(product)
    const { enrolment } = await enrolling(product, browser)
    assert.equal((await browser.get(`${DONE}/print`)).status, 200)
    assert.equal((await browser.get(`${DONE}/download`)).status, 200)
    assert.equal((await browser.post(DONE, { enrolment })).status, 422)
    assert.ok(!(await isOn(email)))
  })

  test('the file names account, site and time, has the twelve codes, and is kept by nobody on the way', async () => {
    const { browser, email } = await signedUp(product)
    const { codes } = await enrolling(product, browser)
    const { html: file, headers } = await browser.get(`${DONE}/download`)
    assert.deepEqual(readCodes(file), codes)
    assert.match(file, /^Latchkey recovery codes\r\n/)
    for (const part of [email, 'https://latchkey.test', `Made at: ${clock.now().toISOString().slice(0, 10)} `])
      assert.ok(file.includes(part))
    assert.match(
      headers.get('Content-Disposition') ?? '',
      /^attachment; filename="latchkey-recovery-codes-latchkey\.test-[\w.-]+-at-example\.com-[\d-]{16}-UTC\.txt"$/,
    )
    assert.equal(headers.get('Content-Type'), 'text/plain; charset=utf-8')
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff')
    assert.equal(headers.get('Cache-Control'), 'no-store')
    assert.deepEqual(readCodes((await browser.get(`${DONE}/print`)).html), codes)
  })
})

describe('the enrolment cookie', () => {
  test('holds nothing readable: neither key nor codes nor password', async () => {
    const { browser } = await signedUp(product)
    const { key, codes } = await enrolling(product, browser)
    const cookie = browser.cookies.get(ENROLMENT) ?? ''
    const [text = ''] = decodeURIComponent(cookie).split('.')
    const decoded = Buffer.from(text, 'base64url').toString()
    const { purpose, step, sealed } = JSON.parse(decoded)
    assert.deepEqual([purpose, step], ['enrolment', 2], 'the rest can be read, so this is the right place to look')
    for (const layer of [cookie, decoded, Buffer.from(sealed.split('.')[1], 'base64url').toString('latin1')])
      assertUnreadable(layer, [key, PASSWORD, ...codes, codeOf(key, clock.now(), -1)])
  })

  test('is set for this host alone, out of reach of scripts, for fifteen minutes', async () => {
    const { browser } = await signedUp(product)
    const { headers } = await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const line = headers.getSetCookie().find((each) => each.startsWith(`${ENROLMENT}=`)) ?? ''
    const attributes = line.split('; ').slice(1).sort()
    assert.deepEqual(attributes, ['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Lax', 'Secure'])
  })

  const begun = async () => {
    const { browser, email } = await signedUp(product)
    const { key, enrolment } = await enrolling(product, browser)
    return { browser, email, key, enrolment }
  }
  const done = ({ browser, enrolment }: { browser: Browser; enrolment: string }) =>
    browser.post(DONE, { enrolment, saved: 'yes' })

  test('lasts until a second before fifteen minutes', async () => {
    const story = await begun()
    clock.advance(15 * MINUTE - 1000)
    assert.equal((await story.browser.get(DONE)).status, 200)
    assert.equal((await done(story)).location, '/settings/account')
    assert.ok(await isOn(story.email))
  })

  test('is over a second after, though the browser still sends it: nothing was changed, and the page says so', async () => {
    const story = await begun()
    clock.advance(15 * MINUTE + 1000)
    assert.equal((await story.browser.get(SET_UP)).location, `${SET_UP}/confirm`)
    assert.equal((await done(story)).location, '/settings/account')
    assert.match((await story.browser.get('/settings/account')).text, /Nothing was changed\. The set-up took longer/)
    assert.ok(!(await isOn(story.email)))
  })

  test('does not live longer by going on: step 1 and a download keep its end', async () => {
    const story = await begun()
    clock.advance(14 * MINUTE)
    const { browser, enrolment, key } = story
    await browser.post(SET_UP, { enrolment, code: codeOf(key, clock.now()) })
    await browser.post(`${DONE}/download`)
    clock.advance(MINUTE + 1000)
    await done(story)
    assert.ok(!(await isOn(story.email)))
  })
})
