import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { addClient, fetchBy } from '#testing/openid.ts'
import { AT_MODULE, startApache } from '#testing/openid-peers/apache.ts'
import { startOidcAgent } from '#testing/openid-peers/oidc-agent.ts'
import { type Person, person } from '#testing/openid-peers/person.ts'
import { LIBRARIES, startLibrary } from '#testing/openid-peers/program.ts'
import { peersWorld } from '#testing/openid-peers/world.ts'
import { claimsIn, userinfo } from '#testing/openid-requests.ts'
import { freePort } from '../tools/postgres.ts'

const world = await peersWorld()
after(() => world.end())

for (const kind of Object.keys(LIBRARIES) as (keyof typeof LIBRARIES)[])
  describe(kind, () => {
    test('signs a person in with a second factor, reads who it is, refreshes, and feels the sign-out at once', async (t) => {
      const client = await addClient(world.product)
      const app = await startLibrary(kind, world, client)
      t.after(app.stop)
      const ada = await person(world)
      const { url = '' } = await app.asks('begin')
      const back = await ada.comes(url)
      assert.ok(back.startsWith(`${client.redirect}?`), back)
      const { claims, userinfo } = await app.asks(`callback ${back}`)
      assert.equal(claims?.email, ada.email)
      assert.equal(claims?.acr, '2')
      assert.deepEqual(claims?.amr, ['pwd', 'otp', 'mfa'])
      assert.equal(userinfo?.email, ada.email)
      assert.equal(userinfo?.sub, claims?.sub)
      assert.deepEqual(userinfo?.groups, ['everyone'])
      assert.equal((await app.asks('refresh')).userinfo?.sub, claims?.sub)
      await ada.signsOut()
      assert.equal((await app.asks('refresh')).error, 'invalid_grant')
    })

    test('leads a person to the page that signs them out, which ends the session at the portal', async (t) => {
      const client = await addClient(world.product)
      const app = await startLibrary(kind, world, client)
      t.after(app.stop)
      const ada = await person(world)
      const back = await ada.comes((await app.asks('begin')).url ?? '')
      await app.asks(`callback ${back}`)
      const { url = '' } = await app.asks('sign-out')
      await ada.confirmsSignOut(url)
      assert.equal((await ada.browser.get('/')).location, '/sign-in')
      assert.equal((await app.asks('refresh')).error, 'invalid_grant')
    })
  })

test('go-oidc without a secret, as on a command line, is answered at whatever port of this machine it has', async (t) => {
  const client = await addClient(
    world.product,
    { authMethod: 'none', secretHash: null },
    { redirects: ['http://localhost'] },
  )
  const redirect = `http://localhost:${await freePort()}`
  const app = await startLibrary('go-oidc', world, { ...client, secret: '', redirect })
  t.after(app.stop)
  const ada = await person(world)
  const back = await ada.comes((await app.asks('begin')).url ?? '')
  assert.ok(back.startsWith(`${redirect}/?`), back)
  assert.equal((await app.asks(`callback ${back}`)).claims?.email, ada.email)
  assert.equal((await app.asks('refresh')).userinfo?.email, ada.email)
})

test('Apache with mod_auth_openidc signs a person in, refreshes, and ends its own session when the portal tells it to', async (t) => {
  const port = await freePort()
  const at = `http://localhost:${port}${AT_MODULE}`
  const client = await addClient(world.product, { backchannelUri: `${at}?logout=backchannel` }, { redirects: [at] })
  const apache = await startApache(world, client, port)
  t.after(apache.stop)
  const ada = await person(world)
  const { status: led, location: asked } = await apache.opens('/')
  assert.equal(led, 302, apache.printed())
  const back = await apache.opens(await ada.comes(asked))
  assert.equal(back.location, `${apache.url}/`, apache.printed())
  assert.equal((await apache.opens('/')).text, 'Photos')

  const hears = async () => JSON.parse((await apache.opens(`${AT_MODULE}?info=json`)).text)
  const first = await hears()
  assert.equal(first.id_token.email, ada.email)
  assert.equal(first.id_token.acr, '2')
  assert.deepEqual(first.userinfo.groups, ['everyone'])
  await apache.opens(`${AT_MODULE}?refresh=${encodeURIComponent(apache.url)}&access_token=${first.access_token}`)
  assert.notEqual((await hears()).refresh_token, first.refresh_token)

  await ada.signsOut()
  const until = Date.now() + 20_000
  while ((await apache.opens('/')).status === 200 && Date.now() < until) await pause(200)
  const { status, location } = await apache.opens('/')
  assert.equal(status, 302)
  assert.ok(location.startsWith(`${world.issuer}/oauth/authorize?`), location)
})

describe('oidc-agent', () => {
  /** With a client that has no port in its redirect URI: the agent takes one that is free. */
  async function startedAgent(t: TestContext) {
    const client = await addClient(world.product, { usesDeviceFlow: 1 }, { redirects: ['http://localhost'] })
    const agent = await startOidcAgent(world, client, await freePort())
    t.after(agent.stop)
    return agent
  }
  type Agent = Awaited<ReturnType<typeof startOidcAgent>>
  const hears = async (token: string) => userinfo({ fetch: fetchBy(world.product.carry) }, token)

  async function refreshesUntilSignedOut(agent: Agent, ada: Person) {
    const claims = claimsIn(await agent.token('--id-token'))
    assert.equal(claims.acr, '2')
    assert.deepEqual(claims.amr, ['pwd', 'otp', 'mfa'])
    const first = await agent.token()
    const { json } = await hears(first)
    assert.equal(json.sub, claims.sub)
    assert.equal(json.email, ada.email)
    assert.deepEqual(json.groups, ['everyone'])
    const second = await agent.token('--force-new')
    assert.notEqual(second, first)
    assert.equal((await hears(second)).json.sub, claims.sub)
    await ada.signsOut()
    assert.equal((await hears(second)).status, 401)
    await assert.rejects(agent.token('--force-new'), /invalid_grant/)
  }

  test('signs a command line in with a browser, refreshes, and feels the sign-out at once', async (t) => {
    const agent = await startedAgent(t)
    const ada = await person(world)
    const { url, comesBack } = await agent.asksForCode()
    await comesBack(await ada.comes(url))
    await refreshesUntilSignedOut(agent, ada)
  })

  test('signs a command line in by a code that the person types, refreshes, and feels the sign-out at once', async (t) => {
    const agent = await startedAgent(t)
    const ada = await person(world)
    const { url, code, done } = await agent.asksByDevice()
    await ada.allows({ url, code })
    await done
    await refreshesUntilSignedOut(agent, ada)
  })

  test('takes back what it was given when somebody deletes the account there', async (t) => {
    const agent = await startedAgent(t)
    const ada = await person(world)
    const { url, comesBack } = await agent.asksForCode()
    await comesBack(await ada.comes(url))
    const token = await agent.token()
    assert.equal((await hears(token)).status, 200)
    await agent.forgets()
    assert.equal((await hears(token)).status, 401)
  })
})
