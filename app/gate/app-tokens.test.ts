import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accessTokens } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import { asking, BEHIND_PROXY, joining, withApp } from '#testing/gate.ts'
import {
  accountOf,
  latchkey,
  PASSWORD,
  signedUp,
  TOKENS_PAGE,
  tokenFields,
  tokenIds,
  withToken,
} from '#testing/index.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { deleteApp } from './apps.ts'

const product = await latchkey(BEHIND_PROXY)
const { clock, database, deps } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

const api = apiClient(product)
const GENERATE = `${TOKENS_PAGE}/generate`
const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
const opens = async (host: string, value: string) =>
  (await asking(product.carry, `https://${host}/`, { headers: { Authorization: `Bearer ${value}` } })).status
const scopesOf = async (email: string) => {
  const { id } = await accountOf(product, email)
  const rows = await database.db.select().from(accessTokens).where(eq(accessTokens.accountId, id))
  return rows.map(({ scopes }) => scopes)
}

describe('an access token for an app', () => {
  test('is offered to who may open it while they may, for apps that take tokens, and opens that app alone', async () => {
    const mine = await withApp(product, { name: 'a.b' })
    const tokenless = await withApp(product, { takesTokens: false, groups: [mine.group] })
    const others = await withApp(product)
    const { browser, email } = await signedUp(product)
    const until = new Date(clock.now().getTime() + 60_000)
    await joining(product, email, mine.group, until)
    const page = await browser.get(GENERATE)
    assert.match(page.html, /name="scope-app-a\.b"/)
    for (const { name } of [tokenless, others]) assert.ok(!page.text.includes(`app:${name}`), name)

    const { value, id } = await withToken(product, browser, { 'scope-app-a.b': 'yes', 'scope-account-read': 'yes' })
    assert.deepEqual(await scopesOf(email), ['account:read app:a.b'])
    assert.match((await browser.get(TOKENS_PAGE)).text, /account:read, app:a\.b/)
    assert.deepEqual([await opens(mine.host, value), await opens(others.host, value)], [200, 403])
    assert.match((await browser.get(`${TOKENS_PAGE}/${id}/edit`)).html, /name="scope-app-a\.b" value="yes" checked/)

    clock.advance(60_000)
    assert.doesNotMatch((await browser.get(GENERATE)).text, /app:a\.b/)
    assert.equal(await opens(mine.host, value), 403)
  })

  test('can’t be made or edited for an app that isn’t one’s own to open, by page or API', async () => {
    const { name } = await withApp(product)
    const { browser, email } = await signedUp(product)
    const field = `scope-app-${name}`
    const forged = { ...tokenFields(product), [field]: 'yes', password: PASSWORD }
    await browser.post(`${GENERATE}/confirm`, forged)
    const kept = await scopesOf(email)
    assert.deepEqual(kept, ['account:read'])
    const session = await api.signedIn(email)
    const send = (method: string, path: string, body: object) =>
      api.call(method, `/tokens${path}`, session, { password: PASSWORD, ...body })
    const [id] = tokenIds((await browser.get(TOKENS_PAGE)).html)
    for (const [method, path, body] of [
      ['POST', '', { description: 'Forged', scopes: [`app:${name}`] }],
      ['PATCH', `/${id}`, { scopes: ['account:read', `app:${name}`] }],
      ['PATCH', `/${id}`, { scopes: ['app:nobodys'] }],
    ] as const) {
      const answer = await send(method, path, body)
      assert.deepEqual([answer.status, Object.keys(answer.body.fields ?? {})], [422, ['scopes']])
    }
    assert.equal((await send('PATCH', `/${id}`, { scopes: ['app:Not a name'] })).status, 422)
    assert.deepEqual(await scopesOf(email), kept)
  })

  test('is made and listed by the API, opens nothing once the app is gone, and can be edited without it', async () => {
    const { name, host, group } = await withApp(product)
    const { browser, email } = await signedUp(product)
    await joining(product, email, group)
    const session = await api.signedIn(email)
    const wanted = { password: PASSWORD, description: 'Photo frame', scopes: [`app:${name}`, 'events:read'] }
    const made = await api.call('POST', '/tokens', session, wanted)
    const { value, token } = made.body as { value: string; token: { id: string; scopes: string[] } }
    assert.deepEqual([made.status, token.scopes], [201, wanted.scopes])
    assert.equal(await opens(host, value), 200)

    await deleteApp(deps, name, BY)
    assert.equal(await opens(host, value), 403)
    await withApp(product, { name, hosts: [host], groups: [group], takesTokens: false })
    assert.equal(await opens(host, value), 403)
    assert.ok((await api.call('GET', '/tokens', session)).text.includes(`"app:${name}"`), 'it is listed')
    const edit = `${TOKENS_PAGE}/${token.id}/edit`
    assert.ok(
      (await browser.get(edit)).html.includes(`name="scope-app-${name}" value="yes" checked`),
      'it can be untied',
    )
    await browser.post(edit, { ...tokenFields(product), description: 'Photo frame', password: PASSWORD })
    assert.deepEqual(await scopesOf(email), ['account:read'])
    assert.equal(await opens(host, value), 403)
  })

  test('opens nothing of ours', async () => {
    const { name, group } = await withApp(product)
    const { browser, email } = await signedUp(product)
    await joining(product, email, group)
    const session = await api.signedIn(email)
    const wanted = { password: PASSWORD, description: 'Photo frame', scopes: [`app:${name}`] }
    const { value } = (await api.call('POST', '/tokens', session, wanted)).body as { value: string }
    for (const path of ['/account', '/sessions', '/events'])
      assert.equal((await api.call('GET', path, value)).status, 403, path)
    assert.deepEqual(tokenIds((await browser.get(TOKENS_PAGE)).html).length, 1)
  })
})
