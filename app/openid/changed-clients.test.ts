import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { changeApp } from '#app/gate/apps.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { apps, openidSignOuts } from '#db/schema.ts'
import { signedUp } from '#testing/index.ts'
import { mayUseClients, openidSite } from '#testing/openid.ts'
import { allowing, codeFor, member, plainClient, sentBy, tokensFor } from '#testing/openid-people.ts'
import { claimsIn, exchanging, refreshing, userinfo } from '#testing/openid-requests.ts'
import { changeClient, createClient, removeClient } from './manage.ts'
import type { ClientChange } from './written-client.ts'

const site = await openidSite()
after(site.close)
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
const OFFLINE = { scope: 'openid email offline_access' }
await plainClient(site) // and with it the group

async function made(name: string, of: ClientChange) {
  const redirect = `https://${name}.example.net/callback`
  const plain = { redirects: [redirect], groups: ['everyone'], level: 'password', needsPkce: false }
  const result = await createClient(site.deps, { name, ...plain, ...of }, BY)
  assert.ok(result.ok, JSON.stringify(result))
  return { name, redirect, secret: result.secret ?? '' }
}
const isOver = async (client: Awaited<ReturnType<typeof made>>, tokens: Awaited<ReturnType<typeof tokensFor>>) => {
  assert.equal((await userinfo(site, tokens.access_token)).status, 401)
  assert.equal((await refreshing(site, client, tokens.refresh_token)).json.error, 'invalid_grant')
}

test('an app that gets the name of one that was removed gets nothing else of it: no consent, no token, no sub', async () => {
  const { browser } = await member(site)
  const of = { isThirdParty: true, isPairwise: true }
  const first = await made('phoenix', of)
  await sentBy(browser, first, OFFLINE)
  await allowing(browser)
  const tokens = await tokensFor(site, browser, first, OFFLINE)
  const code = await codeFor(browser, first, OFFLINE)
  assert.ok((await removeClient(site.deps, first.name, BY)).ok)
  assert.equal((await userinfo(site, tokens.access_token)).status, 401)

  const second = await made('phoenix', of)
  await isOver(second, tokens)
  assert.equal((await exchanging(site, second, code)).json.error, 'invalid_grant')
  assert.equal((await refreshing(site, first, tokens.refresh_token)).json.error, 'invalid_client', 'by the old secret')
  assert.equal((await sentBy(browser, second, OFFLINE)).at.pathname, '/oauth/enter', 'they are asked')
  await allowing(browser)
  const { sub } = claimsIn((await tokensFor(site, browser, second, OFFLINE)).id_token)
  assert.notEqual(sub, claimsIn(tokens.id_token).sub)
})

test('an app that turns third-party loses what nobody was asked for, and hears of it', async () => {
  const { browser } = await member(site)
  const client = await made('grows', { backchannel: 'https://grows.example.net/out' })
  const tokens = await tokensFor(site, browser, client, OFFLINE)
  assert.ok((await changeClient(site.deps, client.name, { title: 'Grows' }, BY)).ok)
  assert.equal((await userinfo(site, tokens.access_token)).status, 200, 'another change ends nothing')

  assert.ok((await changeClient(site.deps, client.name, { isThirdParty: true }, BY)).ok)
  const { db } = site.database
  const [app] = await db.select().from(apps).where(eq(apps.name, client.name))
  assert.equal(await db.$count(openidSignOuts, eq(openidSignOuts.appId, app?.id ?? '')), 1)
  await isOver(client, tokens)
  await sentBy(browser, client)
  await allowing(browser) // that it is them, and no more
  await isOver(client, tokens)
  assert.equal((await userinfo(site, (await tokensFor(site, browser, client)).access_token)).json.email, undefined)
})

test('an app whose level is raised gets no new token, and no claim, by a sign-in that showed less', async () => {
  const { browser, email } = await signedUp(site)
  await mayUseClients(site, email)
  const client = await made('rises', {})
  const tokens = await tokensFor(site, browser, client, OFFLINE)
  const code = await codeFor(browser, client, OFFLINE)
  const both = await member(site)
  const enough = await tokensFor(site, both.browser, client, OFFLINE)
  assert.ok((await changeApp(site.deps, client.name, { level: 'second_factor' }, BY)).ok)
  await isOver(client, tokens)
  assert.equal((await exchanging(site, client, code)).json.error, 'invalid_grant')
  assert.equal((await userinfo(site, enough.access_token)).status, 200, 'who showed it already goes on')
  assert.equal((await refreshing(site, client, enough.refresh_token)).status, 200)
})
