import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Browser, everyRow, latchkey, manyOwingCode, SESSION, withTwoFactor } from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

const PUBLIC = [
  /^\/(healthz|readyz)$/,
  /^\/assets\//,
  /^\/favicon\./,
  /^\/sign-(in|up)$/,
  /^\/sign-up\/sent$/,
  /^\/reset-password/,
  /^\/mail\//, // the link is the key to it
  /^\/sign-in\/(two-factor|passkey$)/,
  /^\/api\//, // reads no cookie; its own guards are tested in api/v1
  /^\/(oauth\/(?!enter)|\.well-known\/)/, // without a client they aren't there; with one, app/openid tests who is let in
  /^\/settings$/, // leads everybody on to a guarded page
]

/** Every path and method that isn't open to everybody. Read from the routes, so none is forgotten. */
const guarded = product.app.routes.filter(
  ({ method, path }) => ['GET', 'POST'].includes(method) && !PUBLIC.some((open) => open.test(path)),
)

let owner: Awaited<ReturnType<typeof withTwoFactor>>
before(async () => {
  owner = await withTwoFactor(product)
})

const ask = (browser: Browser, { method, path }: { method: string; path: string }) =>
  method === 'GET' ? browser.get(path) : browser.post(path)

/** An answer that only says where to go. */
function leadsTo(answer: Awaited<ReturnType<typeof ask>>, page: string) {
  assert.equal(answer.status, 303)
  assert.equal(answer.location?.split('?')[0], page)
  assert.equal(answer.html, '')
  assert.equal(answer.headers.get('Cache-Control'), 'no-store')
}

test('there are guarded routes to look at', () => {
  assert.ok(guarded.length >= 25, `${guarded.length}`)
})

describe('with a right password alone, whose code is owed', () => {
  for (const route of guarded)
    test(`${route.method} ${route.path} leads to the code, and shows and changes nothing (A06)`, async () => {
      const [browser] = await manyOwingCode(product, owner.email, 1)
      if (!browser) throw new Error('There is no browser.')
      const before = await everyRow(product)
      leadsTo(await ask(browser, route), '/sign-in/two-factor')
      assert.deepEqual(await everyRow(product), before)
    })

  test('the token of the pending sign-in does not pass for a session (A06)', async () => {
    const [browser] = await manyOwingCode(product, owner.email, 1)
    const forger = product.browser()
    for (const value of browser?.cookies.values() ?? []) forger.cookies.set(SESSION, value)
    leadsTo(await forger.get('/'), '/sign-in')
  })
})

describe('with no cookie at all', () => {
  for (const route of guarded)
    test(`${route.method} ${route.path} leads to sign-in`, async () => {
      leadsTo(await ask(product.browser(), route), '/sign-in')
    })

  test('a page is come back to after sign-in, a form is not', async () => {
    const page = await product.browser().get('/settings/activity?before=1-a')
    assert.equal(page.location, '/sign-in?return_to=%2Fsettings%2Factivity')
    assert.equal((await product.browser().post('/settings/password')).location, '/sign-in')
  })
})

describe('path games with a guarded page', () => {
  for (const path of [
    '//settings/account',
    '/settings%2faccount',
    '/settings%2Ftwo-factor/recovery-codes',
    '/SETTINGS/account',
    '/settings/Account',
    '/settings/..;/account',
    '/settings;/account',
    '/settings/account;jsessionid=1',
    '/settings/%0aaccount',
    '/settings/account%0a',
    '/settings/account%00',
    '/settings/account.',
    '/settings/account/',
    '/settings/account//',
    '/settings/./account',
    '/sign-in/../settings/account',
    '/sign-in/%2e%2e/settings/account',
    '/settings/account%20',
    '/settings\\account',
    '/settings/%61ccount',
    '/assets/../settings/account',
    '/assets/%2e%2e%2fsettings%2faccount',
    '/%',
    '/settings/%c0%af',
  ])
    test(`${path} shows nothing (A60)`, async () => {
      const answer = await product.browser().get(path)
      assert.ok([303, 400, 404].includes(answer.status), `answered ${answer.status}`)
      assert.ok(!answer.html.includes(owner.email))
      const signedIn = await owner.browser.get(path)
      assert.ok([200, 303, 400, 404].includes(signedIn.status), `answered ${signedIn.status}`)
      assert.deepEqual(product.faults, [])
    })
})
