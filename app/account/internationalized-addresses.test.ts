import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { standIn } from '#testing/clients/jelastic.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  BASE_URL,
  followed,
  latchkey,
  mailsTo,
  mailTo,
  newEmail,
  PASSWORD,
  pageOf,
  queuedFor,
  readEnrolPage,
  resetLink,
  SET_UP,
  signedInBrowser,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'

const NEW_PASSWORD = 'seven copper lanterns drifting'
const product = await latchkey()
const { clock, database } = product
const v1 = apiClient(product)
const jelastic = standIn(product.app, { host: new URL(BASE_URL).host })
after(product.close)
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database, [PASSWORD])
})

/** One mailbox: as Firefox sends its address, as Chromium does, and as it may be pasted. */
function newMailbox() {
  const name = newEmail().split('@')[0]
  const spellings = [`${name}@müller.example`, `${name}@xn--mller-kva.example`, ` \ufeff${name}@MÜLLER.Example\u200b`]
  const [readable = '', stored = ''] = spellings
  return { name, readable, stored, spellings }
}

async function signedUpAt(email: string) {
  const browser = product.browser()
  assert.equal((await browser.post('/sign-up', { email, password: PASSWORD })).location, '/')
  return browser
}

describe('an internationalized address is one account, however a browser writes it', () => {
  for (const [index, who] of ['its own letters', 'ASCII', 'pasted with marks'].entries())
    test(`signed up in ${who}, it signs in, is refused as taken, and is reset in any`, async () => {
      const { readable, stored, spellings } = newMailbox()
      await signedUpAt(spellings[index] ?? '')
      assert.equal((await accountOf(product, stored)).email, stored)
      for (const email of spellings) {
        const again = await product.browser().post('/sign-up', { email, password: PASSWORD })
        assert.match(again.text, /There is already an account with this email/, email)
        const page = await (await signedInBrowser(product, email)).get('/settings/account')
        assert.ok(page.text.includes(readable) && !page.text.includes('xn--'), 'the readable one is shown')
        clock.advance(3 * 60 * 60_000)
        const before = (await mailsTo(product, stored)).length
        assert.equal((await product.browser().post('/reset-password', { email })).status, 303)
        assert.equal((await mailsTo(product, stored)).length, before + 1, 'the link goes to the one mailbox')
      }
    })

  test('both APIs take any of them, and answer the one that is stored', async () => {
    const { stored, spellings } = newMailbox()
    await signedUpAt(spellings[0] ?? '')
    for (const login of spellings) {
      const bearer = await v1.signedIn(login)
      assert.equal((await v1.call('GET', '/account', bearer)).body.email, stored)
      const answer = await jelastic.call('users/authentication/rest/signin', { login, password: PASSWORD })
      assert.deepEqual([answer.result, answer.email, answer.name], [0, stored, stored], JSON.stringify(answer))
    }
  })

  test('wrong passwords are counted together: another spelling gives a guesser no new tries', async () => {
    const { spellings } = newMailbox()
    await signedUpAt(spellings[0] ?? '')
    let waits = 0
    for (let attempt = 0; attempt < 12; attempt++) {
      const email = spellings[attempt % spellings.length] ?? ''
      const answer = await product.browser().post('/sign-in', { email, password: 'not the password at all' })
      if (answer.status === 429) waits++
    }
    const { stored } = newMailbox()
    assert.ok(waits > 0, 'the delay has begun')
    assert.equal((await product.browser().post('/sign-in', { email: stored, password: PASSWORD })).status, 422)
  })

  test('an account moves to one in any spelling: the new mailbox confirms, and the old one reads where it went', async () => {
    const { browser, email } = await signedUp(product)
    const { readable, stored, spellings } = newMailbox()
    await browser.post('/settings/email/change', { email: spellings[2] ?? '', password: PASSWORD })
    const { path, to } = await mailTo(product, stored, /^Confirm your new/)
    assert.equal(to, stored, 'the envelope is in ASCII')
    const page = await followed(browser, path)
    assert.ok(page.text.includes(readable), 'the page asks in its own letters')
    assert.equal((await browser.post(pageOf(path))).status, 303)
    assert.match((await browser.get('/')).text, new RegExp(`Signed in as ${readable}`))
    const told = await mailTo(product, email, /was changed$/)
    assert.ok(told.paragraphs.join(' ').includes(`now goes by ${readable}.`), told.paragraphs.join(' '))
    await product.browser().post('/sign-in', { email: readable, password: PASSWORD })
    const same = await browser.post('/settings/email/change', { email: readable, password: PASSWORD })
    assert.match(same.text, /That is the address you have now/)
  })

  test('what is mailed to it says the address in its own letters, and so do the page behind a link and the files', async () => {
    const { readable, stored } = newMailbox()
    const browser = await signedUpAt(readable)
    assert.match(
      (await followed(browser, (await mailTo(product, stored, /^Confirm your/)).path)).text,
      new RegExp(readable),
    )
    await browser.post(`${SET_UP}/confirm`, { password: PASSWORD })
    const step1 = await browser.get(SET_UP)
    assert.ok(step1.text.includes(`Latchkey (${readable})`), 'step 1')
    const label = decodeURIComponent(new URL(readEnrolPage(step1.html).uri).pathname)
    assert.equal(label, `/Latchkey:${readable}`, 'the authenticator shows it')

    await withToken(product, browser)
    const notices = (await queuedFor(product, stored)).filter(({ subject }) => /access token/.test(subject))
    assert.ok(notices.length > 0, 'a notice was mailed')
    for (const { paragraphs } of notices)
      assert.ok(paragraphs.join(' ').includes(`your account ${readable} at`), paragraphs[0])

    const path = await resetLink(product, stored)
    const visitor = product.browser()
    assert.match((await followed(visitor, path)).text, new RegExp(`For ${readable}`))
    const refused = await visitor.post('/mail/reset-password', { password: 'müller müller 123' })
    assert.match(refused.text, /contains your email address/, 'its own letters are no password')
    assert.equal((await visitor.post('/mail/reset-password', { password: NEW_PASSWORD })).status, 303)
  })

  test('one that could be taken for another is shown in ASCII', async () => {
    const name = newEmail().split('@')[0]
    const browser = await signedUpAt(`${name}@аррӏе.com`)
    assert.ok((await browser.get('/')).text.includes(`Signed in as ${name}@xn--80ak6aa92e.com`), 'in ASCII')
  })
})

describe('every local part that browsers and RFC 5321 allow', () => {
  test('signs up, signs in and is mailed to', async () => {
    for (const local of ['r&d', "o'neil", 'a+b', '{x}', '`q`', 'a/b=c', 'x-']) {
      const email = `${local}@${newEmail().split('@')[0]}.example.com`
      const browser = await signedUpAt(email)
      assert.equal((await mailsTo(product, email)).length, 1, local)
      await signedInBrowser(product, email)
      assert.ok((await browser.get('/')).text.includes(`Signed in as ${email}`), local)
      assert.equal((await v1.call('GET', '/account', await v1.signedIn(email))).body.email, email)
    }
  })

  test('letters of other scripts before the @ are refused in words, at every form', async () => {
    const { browser } = await withTwoFactor(product)
    const email = 'müller@example.com'
    const words = /can have only the letters a to z, digits/
    for (const [path, visitor] of [
      ['/sign-up', product.browser()],
      ['/sign-in', product.browser()],
      ['/reset-password', product.browser()],
      ['/settings/email/change', browser],
    ] as const) {
      const answer = await visitor.post(path, { email, ...(path !== '/reset-password' && { password: PASSWORD }) })
      assert.equal(answer.status, 422, path)
      assert.match(answer.text, words, path)
    }
    assert.match((await v1.call('POST', '/sessions', undefined, { email, password: PASSWORD })).text, words)
    const told = await jelastic.call('users/authentication/rest/signin', { login: email, password: PASSWORD })
    assert.match(String(told.error), words)
  })
})
