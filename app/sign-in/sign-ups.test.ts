import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import { everyRow, latchkey, newEmail, PASSWORD, signedUp } from '#testing/index.ts'

// Who may make an account: SIGN_UP.
const open = await latchkey()
const settings = { smtpUrl: 'smtp://localhost:1' }
const sites = {
  invited: [await latchkey({ signUps: 'invited' }, open), await latchkey({ ...settings, signUps: 'invited' }, open)],
  closed: [await latchkey({ signUps: 'closed' }, open), await latchkey({ ...settings, signUps: 'closed' }, open)],
} as const
const TITLES = { invited: 'You need an invitation', closed: 'Sign-up is closed' }
afterEach(() =>
  assert.deepEqual(
    [open, ...sites.invited, ...sites.closed].flatMap(({ faults }) => faults),
    [],
  ),
)
after(open.close)

for (const [signUps, products] of Object.entries(sites) as [keyof typeof sites, typeof sites.invited][])
  describe(`where SIGN_UP is ${signUps}`, () => {
    test('the page says so instead of showing a form, and sign-in has no link to it', async () => {
      for (const product of products) {
        const { status, html } = await product.browser().get('/sign-up')
        assert.equal(status, 200)
        assert.ok(html.includes(`<h1>${TITLES[signUps]}</h1>`), html)
        assert.doesNotMatch(html, /<form/)
        assert.doesNotMatch((await product.browser().get('/sign-in')).html, /\/sign-up/)
      }
    })

    test('P04: sign-up by page, /api/v1 and /1.0 is refused, also with SIGN_UP in what is sent, and makes nothing', async () => {
      await signedUp(open)
      const before = await everyRow(open)
      const account = { email: newEmail(), password: PASSWORD }
      for (const product of products) {
        const { status, html } = await product.browser().post('/sign-up', account)
        assert.equal(status, 403)
        assert.ok(html.includes(`<h1>${TITLES[signUps]}</h1>`), html)
        for (const name of ['SIGN_UP', 'sign_up', 'signUps'])
          assert.equal((await product.browser().post('/sign-up', { ...account, [name]: 'open' })).status, 400, name)
        const stranger = product.browser()
        for (const name of ['SIGN_UP', 'latchkey-signUps', '__Host-latchkey-mail-link'])
          stranger.cookies.set(name, 'open')
        assert.equal((await stranger.post('/sign-up?SIGN_UP=open&sign_up=open', account)).status, 403)
        const api = apiClient(product)
        for (const path of ['/sign-up', '/account', '/accounts', '/users'])
          for (const more of [{}, { SIGN_UP: 'open' }])
            assert.ok(
              [404, 405].includes((await api.call('POST', path, undefined, { ...account, ...more })).status),
              path,
            )
        for (const method of ['signup', 'createaccount', 'register', 'adduser']) {
          const path = `/1.0/users/registration/rest/${method}`
          const body = JSON.parse((await product.browser().post(path, { ...account, SIGN_UP: 'open' })).html)
          assert.notEqual(body.result, 0, path)
        }
      }
      assert.deepEqual(await everyRow(open), before)
    })
  })

test('where SIGN_UP is open, anyone signs up, and sign-in links to it', async () => {
  await signedUp(open)
  assert.match((await open.browser().get('/sign-in')).html, /href="\/sign-up"/)
})
