import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { type Browser, withTwoFactor } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import {
  allowing,
  askedIn,
  codeFor,
  deviceApproved,
  member,
  plainClient,
  sentBy,
  tokensFor,
} from '#testing/openid-people.ts'
import { authorizing, basic, claimsIn, posted } from '#testing/openid-requests.ts'
import { DEVICE_GRANT } from './clients.ts'

const site = await openidSite()
after(site.close)
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const signedInAs = (browser: Browser, of: Browser) => {
  for (const [name, value] of of.cookies) if (!name.startsWith('latchkey-openid')) browser.cookies.set(name, value)
}

for (const [kind, pairwiseSalt] of [
  ['a public', null],
  ['a pairwise', 'salt'],
] as const)
  test(`${kind} client that means one person gets no code of another`, async () => {
    const [{ browser }, other] = [await member(site), await member(site)]
    const client = await plainClient(site, { pairwiseSalt })
    const { id_token: hint } = await tokensFor(site, browser, client)
    const { sub } = claimsIn(hint)
    for (const means of [{ id_token_hint: hint }, { claims: JSON.stringify({ id_token: { sub: { value: sub } } }) }]) {
      assert.ok(await codeFor(browser, client, means), 'of whom it means')
      for (const more of [{}, { prompt: 'none' }, { prompt: 'login' }, { max_age: '0' }]) {
        const { at } = await sentBy(other.browser, client, { ...means, ...more })
        assert.equal(at.searchParams.get('error'), 'login_required', `${Object.keys(means)} ${Object.keys(more)}`)
        assert.equal(at.searchParams.get('code'), null)
      }
      const nobody = site.browser()
      assert.equal((await sentBy(nobody, client, means)).at.pathname, '/sign-in')
      signedInAs(nobody, other.browser)
      const { at } = await sentBy(nobody, client, means)
      assert.equal(at.searchParams.get('error'), 'login_required', 'once they have signed in as well')
    }
  })

test('a device that means one person is connected by no other', async () => {
  const [{ browser }, other] = [await member(site), await member(site)]
  const client = await plainClient(site, { usesDeviceFlow: 1 })
  const { id_token: hint } = await tokensFor(site, browser, client)
  const asks = async () => {
    const fields = { client_id: client.name, scope: 'openid', id_token_hint: hint }
    return (await posted(site, '/oauth/device/authorize', fields, basic(client))).json
  }
  const redeemed = async (asked: Record<string, unknown>) => {
    const fields = { grant_type: DEVICE_GRANT, device_code: String(asked.device_code) }
    return (await posted(site, '/oauth/token', fields, basic(client))).json
  }
  const wrong = await asks()
  assert.doesNotMatch(await deviceApproved(other.browser, String(wrong.user_code)), /is connected/)
  assert.equal((await redeemed(wrong)).id_token, undefined)
  const right = await asks()
  assert.match(await deviceApproved(browser, String(right.user_code)), /is connected/)
  assert.equal(claimsIn((await redeemed(right)).id_token).sub, claimsIn(hint).sub)
})

test('Allow on an older page allows nothing to an app that has asked since, and Cancel cancels nothing of it', async () => {
  const { browser } = await member(site)
  const [seen, hidden] = [await plainClient(site, { isThirdParty: 1 }), await plainClient(site, { isThirdParty: 1 })]
  const { answer } = await sentBy(browser, seen)
  const all = { scope: 'openid email profile groups offline_access' }
  await sentBy(browser, hidden, all)
  for (const fields of [askedIn(answer.html), {}, { asked: 'x' }])
    for (const path of ['/oauth/enter', '/oauth/enter/cancel']) {
      const said = await browser.post(path, fields)
      assert.equal(said.headers.get('Refresh'), null)
      assert.ok(said.text.includes(`The ${hidden.name} would like to know`), 'the page says who asks now')
    }
  for (const client of [seen, hidden])
    assert.equal((await sentBy(browser, client, all)).at.pathname, '/oauth/enter', 'nothing was allowed')
  await allowing(browser)
  assert.ok(await codeFor(browser, hidden, all))
  assert.equal((await sentBy(browser, seen)).at.pathname, '/oauth/enter')
})

test('a sign-in that one person began signs nobody else out, and gives no code of either', async () => {
  const [one, other] = [await member(site), await withTwoFactor(site)]
  const client = await plainClient(site)
  const shared = site.browser()
  await shared.get(authorizing(client))
  signedInAs(shared, one.browser)
  const { location } = await shared.get('/oauth/enter', { 'Sec-Fetch-Site': 'none' })
  assert.match(location ?? '', /authorize/, 'the first is ready to go on')
  signedInAs(shared, other.browser)
  const page = await shared.get(new URL(location ?? '').pathname)
  assert.equal(page.status, 400)
  assert.doesNotMatch(page.html, /<form/, 'nothing that a script would send')
  assert.equal((await shared.get('/')).status, 200)
  assert.ok((await shared.get('/')).text.includes(other.email), 'who is here stays')
})
