import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { eq } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { openidSignIns, openidSignOuts } from '#db/schema.ts'
import { latchkey, signedUp, withTwoFactor } from '#testing/index.ts'
import { addClient, asking, discovered, followed, mayUseClients, openidSite, redeem } from '#testing/openid.ts'
import { allowing } from '#testing/openid-people.ts'

const site = await openidSite()
afterEach(() => assert.deepEqual(site.faults.splice(0), []))
after(site.close)

const APPS = '/settings/apps'

async function signedInAt(of: Parameters<typeof addClient>[1] = {}) {
  const client = await addClient(site, of)
  const config = await discovered(site, client)
  const person = await withTwoFactor(site)
  await mayUseClients(site, person.email)
  const asked = await asking(config, client)
  const tokens = await redeem(config, asked, (await followed(person.browser, asked.url)).at)
  const page = await person.browser.get(APPS)
  return { ...person, client, config, tokens, page, id: /name="app" value="([^"]*)"/.exec(page.html)?.[1] ?? '' }
}

test('each app is shown once, with what it knows, since when, and in which browser', async () => {
  const { page, client } = await signedInAt()
  assert.equal(page.status, 200)
  assert.ok(page.text.includes(`The ${client.name}`))
  assert.match(page.text, /your email address/)
  assert.match(page.text, /Last used/)
})

test('Revoke ends the app’s tokens at once, tells the app, and is in the log', async () => {
  const { browser, id, config, tokens, client } = await signedInAt({ backchannelUri: 'https://app.example.net/out' })
  const answer = await browser.post(APPS, { app: id })
  assert.equal(answer.location, APPS)
  await assert.rejects(oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck))
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token ?? ''))
  const page = await browser.get(APPS)
  assert.match(page.text, /Signed out of the app/)
  assert.ok(!page.text.includes(`The ${client.name}`))
  assert.match((await browser.get('/settings/activity')).text, /App signed out/)
  const told = (await site.database.db.select().from(openidSignOuts)).filter(({ appId }) => appId === id)
  assert.equal(told.length, 1)
  assert.equal((await browser.get('/')).status, 200, 'the session of the portal stays')
})

test('somebody else’s app is not theirs to revoke, and nothing happens twice', async () => {
  const { browser, id, config, tokens } = await signedInAt()
  const { browser: other } = await signedUp(site)
  await other.post(APPS, { app: id })
  assert.match((await other.get(APPS)).text, /Already signed out of it/)
  await oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck)
  await browser.post(APPS, { app: id })
  await browser.get(APPS)
  await browser.post(APPS, { app: id })
  assert.match((await browser.get(APPS)).text, /Already signed out of it/)
})

test('what was allowed is taken back: the app has to ask again', async () => {
  const client = await addClient(site, { isThirdParty: 1 })
  const config = await discovered(site, client)
  const { browser, email } = await withTwoFactor(site)
  await mayUseClients(site, email)
  await followed(browser, (await asking(config, client)).url)
  await allowing(browser)
  const page = await browser.get(APPS)
  assert.ok(page.text.includes(`The ${client.name}`))
  await browser.post(APPS, { app: /name="app" value="([^"]*)"/.exec(page.html)?.[1] ?? '' })
  assert.match((await followed(browser, (await asking(config, client)).url)).answer.text, /would like to know/)
})

test('an app that signs its person out is no longer listed where they stay signed in here, and is told', async () => {
  const of = { backchannelUri: 'https://app.example.net/out' }
  const { browser, client, config, tokens, id } = await signedInAt(of)
  // Each claim that is asked for by itself makes another grant.
  const more = await asking(config, client, { claims: JSON.stringify({ userinfo: { email: null } }) })
  const later = await redeem(config, more, (await followed(browser, more.url)).at)
  const page = await browser.get(`/oauth/sign-out?id_token_hint=${tokens.id_token}`)
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.html) ?? []
  assert.match(page.text, /Stay signed in/)
  await browser.post('/oauth/sign-out/confirm', { xsrf })
  assert.equal((await browser.get('/')).status, 200, 'the session of the portal stays')
  assert.match((await browser.get(APPS)).text, /haven't signed in to any app/)
  for (const { refresh_token: refresh = '' } of [tokens, later])
    await assert.rejects(oidc.refreshTokenGrant(config, refresh), 'whichever of its grants it is of')
  const told = (await site.database.db.select().from(openidSignOuts)).filter(({ appId }) => appId === id)
  assert.equal(told.length, 1)
  const again = await asking(config, client)
  await redeem(config, again, (await followed(browser, again.url)).at)
  assert.ok((await browser.get(APPS)).text.includes(`The ${client.name}`), 'signed in again, it is back')
})

test('an app whose code came twice has nothing left, and is no longer listed', async () => {
  const { browser, client, config } = await signedInAt()
  const asked = await asking(config, client)
  const { at } = await followed(browser, asked.url)
  await redeem(config, asked, at)
  await assert.rejects(redeem(config, asked, at))
  assert.match((await browser.get(APPS)).text, /haven't signed in to any app/)
})

test('an app that comes back for a token was used then, which is written once a minute', async () => {
  const { id, config, tokens } = await signedInAt()
  const { db } = site.database
  const usedAt = async () =>
    (await db.select().from(openidSignIns).where(eq(openidSignIns.appId, id)))[0]?.lastUsedAt.getTime() ?? 0
  const ago = async (seconds: number) => {
    const at = new Date(Date.now() - seconds * 1000)
    await db.update(openidSignIns).set({ lastUsedAt: at }).where(eq(openidSignIns.appId, id))
    return at.getTime()
  }
  const began = await ago(50)
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')
  assert.equal(await usedAt(), began)
  await ago(61)
  await oidc.refreshTokenGrant(config, next.refresh_token ?? '')
  assert.ok(Date.now() - (await usedAt()) < 30_000, 'just now')
})

test('without any app, the page says so', async () => {
  const product = await latchkey()
  const { browser } = await signedUp(product)
  assert.match((await browser.get(APPS)).text, /haven't signed in to any app/)
  await product.close()
})
