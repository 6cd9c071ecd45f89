import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Hono } from 'hono'
import { browser } from '#testing/browser.ts'
import { inProcess } from '#testing/transport.ts'
import { testVault } from '#testing/vault.ts'
import { createCookies } from '../http/cookies.ts'
import type { AppEnv } from '../http/env.ts'
import { mailLinkCookie } from './link-cookie.http.ts'

const TOKEN = 'Aa0_-'.repeat(9).slice(0, 43)
const OTHER = 'b'.repeat(43)
const NAME = '__Host-latchkey-mail-link'

const cookies = createCookies({ baseUrl: 'https://latchkey.test', vault: testVault() })
const app = new Hono<AppEnv>()
for (const purpose of ['reset_password', 'confirm_email'] as const) {
  const cookie = mailLinkCookie({ cookies }, purpose)
  app.use(`/mail/${purpose}`, cookie.exchange)
  app.get(`/mail/${purpose}`, (c) => c.text(cookie.read(c) ?? 'none'))
  app.post(`/mail/${purpose}`, (c) => {
    const token = cookie.read(c)
    cookie.remove(c)
    return c.text(token ?? 'none')
  })
}
const visitor = () => browser(inProcess(app), {})

describe('a link from a mail', () => {
  test('its token leaves the URL at once, for a cookie that only the server reads (A48)', async () => {
    const someone = visitor()
    const answer = await someone.get(`/mail/reset_password?token=${TOKEN}`)
    assert.deepEqual([answer.status, answer.location], [303, '/mail/reset_password'])
    const [line = ''] = answer.headers.getSetCookie()
    assert.match(line, /^__Host-latchkey-mail-link=.*; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    assert.equal((await someone.get('/mail/reset_password')).html, TOKEN)
  })

  test('of one purpose opens no page of another (A54)', async () => {
    const someone = visitor()
    await someone.get(`/mail/reset_password?token=${TOKEN}`)
    assert.equal((await someone.get('/mail/confirm_email')).html, 'none')
    assert.equal((await someone.get('/mail/reset_password')).html, TOKEN)
  })

  test('the newest one followed is the one that counts', async () => {
    const someone = visitor()
    await someone.get(`/mail/reset_password?token=${TOKEN}`)
    await someone.get(`/mail/reset_password?token=${OTHER}`)
    assert.equal((await someone.get('/mail/reset_password')).html, OTHER)
  })

  for (const [what, query] of [
    ['too short', `token=${TOKEN.slice(1)}`],
    ['too long', `token=${TOKEN}a`],
    ['none', 'token='],
    ['two', `token=${TOKEN}&token=${TOKEN}`],
    ['another alphabet', `token=${TOKEN.slice(1)}%2B`],
    ['a line break behind it', `token=${TOKEN}%0D%0ASet-Cookie:a=b`],
  ])
    test(`a token of no right shape (${what}) leaves the URL as well, and leaves nothing behind`, async () => {
      const someone = visitor()
      await someone.get(`/mail/reset_password?token=${OTHER}`)
      const answer = await someone.get(`/mail/reset_password?${query}`)
      assert.deepEqual([answer.status, answer.location], [303, '/mail/reset_password'])
      assert.equal(someone.cookies.has(NAME), false)
      assert.equal((await someone.get('/mail/reset_password')).html, 'none')
    })

  test('a cookie of no right shape is as absent', async () => {
    for (const value of [
      '',
      TOKEN,
      `.${TOKEN}`,
      `reset_password.${TOKEN}.x`,
      `reset_password.${TOKEN}x`,
      'reset_password',
    ]) {
      const someone = visitor()
      someone.cookies.set(NAME, value)
      assert.equal((await someone.get('/mail/reset_password')).html, 'none', value)
    }
  })

  test('two cookies of its name are believed no more than none: somebody planted one', async () => {
    const pair = `${NAME}=reset_password.${TOKEN}`
    const answer = await visitor().get('/mail/reset_password', { Cookie: `${pair}; ${pair}` })
    assert.equal(answer.html, 'none')
  })

  test('a form goes on with the link it has: a token in its address does nothing', async () => {
    const someone = visitor()
    await someone.get(`/mail/reset_password?token=${TOKEN}`)
    assert.equal((await someone.post(`/mail/reset_password?token=${OTHER}`)).html, TOKEN)
    assert.equal(someone.cookies.has(NAME), false)
  })
})
