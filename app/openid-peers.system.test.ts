import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { addClient } from '#testing/openid.ts'
import { person } from '#testing/openid-peers/person.ts'
import { LIBRARIES, startLibrary } from '#testing/openid-peers/program.ts'
import { peersWorld } from '#testing/openid-peers/world.ts'

const world = await peersWorld()
after(() => world.end())

for (const kind of Object.keys(LIBRARIES) as (keyof typeof LIBRARIES)[])
  describe(kind, () => {
    test('signs a person in with a second factor, reads who it is, refreshes, and feels the sign-out at once', async () => {
      const client = await addClient(world.product)
      const app = await startLibrary(kind, world, client)
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
      await app.stop()
    })

    test('leads a person to the page that signs them out, which ends the session at the portal', async () => {
      const client = await addClient(world.product)
      const app = await startLibrary(kind, world, client)
      const ada = await person(world)
      const back = await ada.comes((await app.asks('begin')).url ?? '')
      await app.asks(`callback ${back}`)
      const { url = '' } = await app.asks('sign-out')
      await ada.confirmsSignOut(url)
      assert.equal((await ada.browser.get('/')).location, '/sign-in')
      assert.equal((await app.asks('refresh')).error, 'invalid_grant')
      await app.stop()
    })
  })
