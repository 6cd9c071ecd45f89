import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import * as oidc from 'openid-client'
import { withTwoFactor } from '#testing/index.ts'
import { addClient, asking, discovered, followed, mayUseClients, openidSite, redeem } from '#testing/openid.ts'

const site = await openidSite()
afterEach(() => {
  const f = site.faults.splice(0)
  if (f.length) console.error(f)
  assert.deepEqual(f, [])
})
after(site.close)

async function person() {
  const of = await withTwoFactor(site)
  await mayUseClients(site, of.email)
  return of
}

async function signedInAtClient() {
  const client = await addClient(site)
  const config = await discovered(site, client)
  const { browser, email } = await person()
  const asked = await asking(config, client)
  const { at, hops } = await followed(browser, asked.url)
  return { client, config, browser, email, asked, at, hops }
}

test('with a session at the portal, an app is signed in to without a page, in one answer', async () => {
  const { config, email, asked, at, hops, client } = await signedInAtClient()
  assert.equal(hops, 1)
  assert.equal(`${at.origin}${at.pathname}`, client.redirect)
  const tokens = await redeem(config, asked, at)
  const claims = tokens.claims()
  assert.equal(claims?.email, email)
  assert.equal(claims?.acr, '2')
  assert.ok(tokens.refresh_token, 'a refresh token')
  assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')).email, email)
})

test('of twenty that redeem one code at once, at most one gets tokens, and none keeps them (O03)', async () => {
  const { config, asked, at } = await signedInAtClient()
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(config, asked, at)))
  const won = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  assert.ok(won.length <= 1, `${won.length} of them`)
  for (const { access_token: token } of won)
    await assert.rejects(oidc.fetchUserInfo(config, token, oidc.skipSubjectCheck))
})

test('signing out at the portal ends code, access token and refresh token at once', async () => {
  const { config, asked, at, browser, client } = await signedInAtClient()
  const tokens = await redeem(config, asked, at)
  const again = await asking(config, client)
  const { at: unused } = await followed(browser, again.url)
  assert.equal((await browser.post('/sign-out')).status, 303)
  await assert.rejects(redeem(config, again, unused), /invalid_grant|server responded/)
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck))
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''))
})

test('a refresh token is good once: whoever comes second ends both (O03)', async () => {
  const { config, asked, at } = await signedInAtClient()
  const { refresh_token: first = '' } = await redeem(config, asked, at)
  const { refresh_token: second = '' } = await oidc.refreshTokenGrant(config, first)
  await assert.rejects(oidc.refreshTokenGrant(config, first))
  await assert.rejects(oidc.refreshTokenGrant(config, second))
})

test('who is signed out is signed in first, and led on to the app', async () => {
  const client = await addClient(site)
  const config = await discovered(site, client)
  const browser = site.browser()
  const asked = await asking(config, client)
  const { at } = await followed(browser, asked.url)
  assert.equal(at.pathname, '/sign-in')
  assert.equal(at.searchParams.get('return_to'), '/oauth/enter')
})
