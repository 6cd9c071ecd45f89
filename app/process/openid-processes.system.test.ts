import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { clients } from '#db/schema.ts'
import { builtServer, byHttp, remoteProduct, withTwoFactor } from '#testing/index.ts'
import { addClient, fetchBy, mayUseClients } from '#testing/openid.ts'
import { codeFor, deviceApproved, deviceAsked, deviceShown, plainClient } from '#testing/openid-people.ts'
import { basic, exchanging, posted, refreshing, userinfo } from '#testing/openid-requests.ts'

// Four processes share the port and the database, and each request may reach any of them.
let port = 0
const { product, database, environment, close } = await remoteProduct(() => port)
const server = await builtServer()
const site = { ...product, fetch: fetchBy(byHttp(() => port)) }
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const OFFLINE = { scope: 'openid offline_access', prompt: undefined }

const told: string[] = []
const app = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => (body += part))
  request.on('end', () => {
    told.push(body)
    response.end()
  })
})

async function person() {
  const of = await withTwoFactor(product)
  await mayUseClients(product, of.email)
  return of
}
const twenty = <Answer>(ask: () => Promise<Answer>) => Promise.all(Array.from({ length: 20 }, ask))

/** Of twenty that show the same at once, one is given tokens or none: a second use takes back what the first was given. */
async function atMostOne(ask: () => ReturnType<typeof posted>) {
  const answers = await twenty(ask)
  const won = answers.filter(({ status }) => status === 200)
  assert.ok(won.length <= 1, `${won.length} of twenty`)
  for (const { status, json } of answers)
    if (status !== 200) assert.deepEqual([status, json.error], [400, 'invalid_grant'])
  for (const { json } of won) {
    assert.equal((await userinfo(site, json.access_token)).status, 401)
  }
}

before(async () => {
  await new Promise<void>((listening) => app.listen(0, '127.0.0.1', listening))
  port = (await server.start({ ...environment, WORKERS: '4' })).port
})
after(async () => {
  app.close()
  await server.end()
  await close()
})

describe('over four processes', () => {
  test('a code is redeemed once, however many show it at once (O03)', async () => {
    const client = await plainClient(site)
    const { browser } = await person()
    const code = await codeFor(browser, client)
    await atMostOne(() => exchanging(site, client, code))
  })

  test('a refresh token is used once (O03)', async () => {
    const client = await plainClient(site)
    const { browser } = await person()
    const { json } = await exchanging(site, client, await codeFor(browser, client, OFFLINE))
    await atMostOne(() => refreshing(site, client, String(json.refresh_token)))
  })

  test('the code of a device is redeemed once (O03)', async () => {
    const client = await plainClient(site, { usesDeviceFlow: 1 })
    const { browser } = await person()
    const asked = await deviceAsked(site, client)
    await deviceApproved(browser, asked.user_code)
    const fields = { grant_type: DEVICE, device_code: asked.device_code }
    await atMostOne(() => posted(site, '/oauth/token', fields, basic(client)))
  })

  test('the code of a device is shown to one of two who look at the same moment (O09)', async () => {
    const client = await plainClient(site, { usesDeviceFlow: 1 })
    const people = [await person(), await person()]
    for (let time = 0; time < 5; time++) {
      const { user_code: code } = await deviceAsked(site, client)
      const pages = await Promise.all(people.map(({ browser }) => deviceShown(browser, code)))
      const refused = pages.filter(({ text }) => /don't know that code/.test(text))
      assert.deepEqual([pages.length, refused.length], [2, 1])
    }
  })

  test('each signs with the same key, and each publishes it (O12)', async () => {
    const published = await twenty(async () => {
      const { keys } = (await (await site.fetch('https://latchkey.test/oauth/jwks')).json()) as {
        keys: { kid: string }[]
      }
      return keys.map(({ kid }) => kid).join(' ')
    })
    assert.deepEqual([...new Set(published)].length, 1)
  })

  test('a sign-out is felt by all at once, and the app hears of it (O06)', async () => {
    const { port: at } = app.address() as { port: number }
    const client = await addClient(product, { needsPkce: 0, backchannelUri: `http://127.0.0.1:${at}/signed-out` })
    const { browser } = await person()
    const { json } = await exchanging(site, client, await codeFor(browser, client, OFFLINE))
    const unused = await codeFor(browser, client, OFFLINE)
    assert.equal((await browser.post('/sign-out')).status, 303)
    const asked = await twenty(() => userinfo(site, json.access_token))
    assert.deepEqual([...new Set(asked.map(({ status }) => status))], [401])
    assert.equal((await exchanging(site, client, unused)).status, 400)
    assert.equal((await refreshing(site, client, String(json.refresh_token))).status, 400)
    for (let tries = 0; tries < 200 && told.length === 0; tries++) await pause(50)
    assert.equal(told.length, 1, 'told once, by one of them')
    assert.match(told[0] ?? '', /^logout_token=/)
  })

  test('nobody’s request failed', async () => {
    assert.ok((await database.db.select().from(clients)).length >= 4)
    for (const { out, err } of server.started) {
      assert.doesNotMatch(out(), /"msg":"fault"/)
      assert.equal(err().replace(/^oidc-provider WARNING: Unsupported runtime.*\n/gm, ''), '')
    }
  })
})
