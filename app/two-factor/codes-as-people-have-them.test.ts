import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  adding,
  answerCode,
  BASE_URL,
  codeOf,
  DONE,
  latchkey,
  owingCode,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  readEnrolPage,
  replacing,
  SET_UP,
  signedInWith,
  signedUp,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
const { clock, app } = product
const v1 = apiClient(product)
const jelastic = standIn(app, { host: new URL(BASE_URL).host })
after(product.close)
afterEach(() => assert.deepEqual(product.faults, []))

/** The ways a person may hand over six digits: as a list entry, in another script, with invisible marks. */
const asPeopleHaveIt = (code: string) =>
  `\u2022 \u200f"${[...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('\u2060')}"\u00a0.`

const linesOf = (file: string) => file.split(/\r?\n/).filter((line) => /^ ?\d+\. /.test(line))

/** The lines of the file from the page with the codes. */
async function fileOf(browser: Awaited<ReturnType<typeof withTwoFactor>>['browser']) {
  await viewingCodes(browser)
  return linesOf((await browser.get(`${RECOVERY_CODES_PAGE}/download`)).html)
}

describe('a code as people have it is taken at every door', () => {
  test('a whole line of our own file signs in, on the page and through both APIs, and each once', async () => {
    const { browser, email } = await withTwoFactor(product)
    const lines = await fileOf(browser)
    assert.equal(lines.length, 12)
    assert.equal((await answerCode(await owingCode(product, email), lines[0] ?? '')).location, '/')
    assert.equal((await answerCode(await owingCode(product, email), lines[0] ?? '')).status, 422)

    const challenge = await v1.challenged(email)
    const verified = await v1.call('POST', '/sessions/verify', undefined, { challenge, code: lines[11] })
    assert.equal(verified.status, 201, verified.text)

    const { session } = await jelastic.call('users/authentication/rest/signin', { login: email, password: PASSWORD })
    const parameters = { session: String(session), code: lines[5] ?? '' }
    const full = await jelastic.call('users/authentication/rest/verify2facode', parameters)
    assert.equal(full.result, 0, JSON.stringify(full))
  })

  test('so does a line of the file that step 2 of the set-up hands out', async () => {
    const { browser, email } = await signedUp(product)
    await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const { key, enrolment } = readEnrolPage((await browser.get(SET_UP)).html)
    const code = asPeopleHaveIt(codeOf(key, clock.now()))
    assert.equal((await browser.post(SET_UP, { enrolment, code })).location, DONE, 'step 1 takes it as well')
    const [line = ''] = linesOf((await browser.get(`${DONE}/download`)).html)
    await browser.post(DONE, { enrolment, saved: 'yes' })
    await signedInWith(product, email, line)
  })

  test('the second step, replacing and adding an authenticator take digits of another script', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    assert.equal(
      (await answerCode(await owingCode(product, email), asPeopleHaveIt(codeOf(key, clock.now())))).location,
      '/',
    )
    const next = await replacing(browser)
    const replaced = await browser.post('/settings/two-factor/replace', {
      enrolment: next.enrolment,
      code: asPeopleHaveIt(codeOf(next.key, clock.now())),
    })
    assert.equal(replaced.status, 303, replaced.text)
    const another = await adding(browser)
    const added = await browser.post('/settings/two-factor/add', {
      enrolment: another.enrolment,
      name: 'Spare phone',
      code: asPeopleHaveIt(codeOf(another.key, clock.now())),
    })
    assert.equal(added.status, 303, added.text)
  })

  test('both APIs take it where they turn the second factor on', async () => {
    const { email } = await signedUp(product)
    const bearer = await v1.signedIn(email)
    const { body } = await v1.call('POST', '/two-factor/enrolment', bearer, { password: PASSWORD })
    const code = asPeopleHaveIt(codeOf(String(body.secret), clock.now()))
    const on = await v1.call('POST', '/two-factor/enrolment/confirm', bearer, { enrolment: body.enrolment, code })
    assert.equal(on.status, 200, on.text)

    const other = await signedUp(product)
    const { session } = await jelastic.call('users/authentication/rest/signin', {
      login: other.email,
      password: PASSWORD,
    })
    const known = { session: String(session), password: PASSWORD }
    const { secret } = await jelastic.call('users/account/rest/get2faconfig', known)
    const typed = asPeopleHaveIt(codeOf(String(secret), clock.now()))
    const enabled = await jelastic.call('users/account/rest/enable2fa', { ...known, code: typed })
    assert.equal(enabled.result, 0, JSON.stringify(enabled))
  })
})

describe('it gives a guesser nothing', () => {
  test('one text costs one try and stands for one code: two in a text open nothing and spend nothing', async () => {
    const { browser, email, codes, key } = await withTwoFactor(product)
    const lines = await fileOf(browser)
    const owing = await owingCode(product, email)
    const code = codeOf(key, clock.now())
    for (const both of [
      lines.slice(0, 2).join('\n'),
      `${codes[0]} ${codes[1]}`,
      `${code} ${code}`,
      `000000, ${code}`,
    ]) {
      const answer = await answerCode(owing, both)
      assert.deepEqual([answer.status, /Enter the six digits/.test(answer.text)], [422, true], both)
    }
    assert.equal((await answerCode(owing, codes[0] ?? '')).location, '/', 'and the code is as it was')
  })

  test('every door says no to a text of ten thousand characters, and nothing breaks', async () => {
    const { email } = await withTwoFactor(product)
    const long = `${' '.repeat(10_000)}123456`
    assert.equal((await answerCode(await owingCode(product, email), `.${long}`)).status, 422)
    const challenge = await v1.challenged(email)
    assert.equal((await v1.call('POST', '/sessions/verify', undefined, { challenge, code: long })).status, 422)
    const { session } = await jelastic.call('users/authentication/rest/signin', { login: email, password: PASSWORD })
    const told = await jelastic.call('users/authentication/rest/verify2facode', {
      session: String(session),
      code: long,
    })
    assert.notEqual(told.result, 0)
  })
})

test('no field for a code refuses a pasted line in the browser: any text of any length goes through', async () => {
  const { browser, email } = await withTwoFactor(product)
  const owing = await owingCode(product, email)
  await browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD })
  await browser.post('/settings/two-factor/add/confirm', { password: PASSWORD })
  const pages = [await owing.get('/sign-in/two-factor'), await browser.get('/settings/two-factor/add')]
  const fields = pages.map(({ html }) => /<input[^>]* name="code"[^>]*>/.exec(html)?.[0] ?? '')
  for (const field of fields) {
    assert.match(field, / type="text"/)
    assert.doesNotMatch(field, / (maxlength|minlength|pattern|min|max)=/)
  }
})
