import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import { accountOf, latchkey, PASSWORD, queuedFor, signedUp, withTwoFactor } from '#testing/index.ts'

const product = await latchkey()
after(product.close)

const WRONG = 'wrong kettle marches north'
const TEN = 10 // failures before the first wait
let address = 0
const elsewhere = () => product.browser({ address: `203.0.113.${++address}` })

async function person() {
  const { email } = await signedUp(product)
  return { email, username: (await accountOf(product, email)).username }
}

describe('signing in with the username', () => {
  test('opens the account, in any letter case and with blanks around it, like its address', async () => {
    const { username, email } = await person()
    for (const name of [username, ` ${username.toUpperCase()} `, email]) {
      const browser = elsewhere()
      assert.equal((await browser.post('/sign-in', { email: name, password: PASSWORD })).location, '/', name)
      assert.ok((await browser.get('/settings/account')).text.includes(email), name)
    }
  })

  test('owes the code as it does with the address', async () => {
    const { email } = await withTwoFactor(product)
    const { username } = await accountOf(product, email)
    const answer = await elsewhere().post('/sign-in', { email: username, password: PASSWORD })
    assert.equal(answer.location, '/sign-in/two-factor')
  })

  test('takes neither what looks like it nor one that the account has left', async () => {
    const { browser, email } = await signedUp(product)
    const { username } = await accountOf(product, email)
    const look = username.replace('.', '-')
    assert.equal((await elsewhere().post('/sign-in', { email: look, password: PASSWORD })).status, 422)
    await browser.post('/settings/username', { username: `x${username.slice(-20)}`, password: PASSWORD })
    assert.equal((await elsewhere().post('/sign-in', { email: username, password: PASSWORD })).status, 422)
  })

  test('an unknown name, and one that nobody can have, is answered as a wrong password is', async () => {
    const { username } = await person()
    const answers = await Promise.all(
      [username, 'nobody-here', 'admin', 'nobody@example.com'].map((email) =>
        elsewhere().post('/sign-in', { email, password: WRONG }),
      ),
    )
    for (const { status, text } of answers) {
      assert.equal(status, 422)
      assert.match(text, /That email and password don't belong together\./)
    }
    const { status, text } = await elsewhere().post('/sign-in', { email: 'ada lovelace', password: WRONG })
    assert.equal(status, 422)
    assert.match(text, /Enter your email address, such as ada@example\.com, or your username\./)
  })

  test('works at /api/v1 and /1.0, which answer with the address', async () => {
    const { username, email } = await person()
    const { call } = apiClient(product, '192.0.2.77')
    const signed = await call('POST', '/sessions', undefined, { email: username, password: PASSWORD })
    assert.equal(signed.status, 201, signed.text)
    const { html } = await elsewhere().post('/1.0/users/authentication/rest/signin', {
      login: username,
      password: PASSWORD,
    })
    const answer = JSON.parse(html)
    assert.deepEqual([answer.result, answer.email], [0, email])
  })

  test('asks the mailbox for a new password by address alone', async () => {
    const { username, email } = await person()
    const before = (await queuedFor(product, email)).length
    const { status, text } = await elsewhere().post('/reset-password', { email: username })
    assert.equal(status, 422)
    assert.match(text, /Enter an email address/)
    assert.equal((await queuedFor(product, email)).length, before)
  })
})

describe('two names of an account', () => {
  test('give no second budget of guesses: ten are ten, whichever is typed', async () => {
    const { username, email } = await person()
    for (const names of [
      [email, username],
      [username, email],
    ]) {
      const stranger = elsewhere()
      for (let guess = 0; guess < TEN; guess++)
        await stranger.post('/sign-in', { email: names[guess % 2] ?? '', password: WRONG })
      for (const name of names) {
        const refused = await stranger.post('/sign-in', { email: name, password: PASSWORD })
        assert.equal(refused.status, 422, 'the eleventh guess is not looked at')
      }
      product.clock.advance(30_000)
      assert.equal((await stranger.post('/sign-in', { email: names[0] ?? '', password: PASSWORD })).location, '/')
    }
  })

  test('tell a stranger nothing: only the name that was typed is told to wait', async () => {
    const { username, email } = await person()
    const unknown = { username: 'somebody.else', email: 'somebody.else@example.com' }
    const seen = async (first: string, second: string) => {
      const stranger = elsewhere()
      const statuses: number[] = []
      for (let guess = 0; guess <= TEN; guess++)
        statuses.push((await stranger.post('/sign-in', { email: first, password: WRONG })).status)
      statuses.push((await stranger.post('/sign-in', { email: second, password: WRONG })).status)
      return statuses
    }
    const expected = [...Array(TEN).fill(422), 429, 422]
    for (const of of [{ username, email }, unknown]) {
      assert.deepEqual(await seen(of.email, of.username), expected)
      assert.deepEqual(await seen(of.username, of.email), expected)
    }
  })

  test('are one to a browser that the account knows, which is told to wait by either', async () => {
    const { browser, email } = await signedUp(product)
    const { username } = await accountOf(product, email)
    await browser.post('/sign-out')
    for (let guess = 0; guess < TEN; guess++)
      assert.equal(
        (await browser.post('/sign-in', { email: guess % 2 ? email : username, password: WRONG })).status,
        422,
      )
    for (const name of [email, username])
      assert.equal((await browser.post('/sign-in', { email: name, password: PASSWORD })).status, 429)
  })
})
