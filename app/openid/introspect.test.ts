import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { eq } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { accounts, memberships } from '#db/schema.ts'
import { accountOf, withTwoFactor } from '#testing/index.ts'
import { addClient, asking, discovered, followed, mayUseClients, openidSite, redeem } from '#testing/openid.ts'

const site = await openidSite()
afterEach(() => assert.deepEqual(site.faults.splice(0), []))
after(site.close)

async function withTokens() {
  const client = await addClient(site)
  const config = await discovered(site, client)
  const { browser, email } = await withTwoFactor(site)
  await mayUseClients(site, email)
  const asked = await asking(config, client)
  const { at } = await followed(browser, asked.url)
  const { id } = await accountOf(site, email)
  return { client, config, browser, accountId: id, tokens: await redeem(config, asked, at) }
}

const isActive = async (config: oidc.Configuration, token: string) =>
  (await oidc.tokenIntrospection(config, token)).active

test('a token is active to its own client, and to no other (O01)', async () => {
  const { config, tokens } = await withTokens()
  const other = await discovered(site, await addClient(site))
  for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
    assert.equal(await isActive(config, token), true)
    assert.equal(await isActive(other, token), false)
  }
})

test('of a suspended account none is active, nor of who left the group or signed out (O06, O08)', async () => {
  const { db } = site.database
  const ends: ((of: Awaited<ReturnType<typeof withTokens>>) => Promise<unknown>)[] = [
    async ({ accountId }) =>
      await db.update(accounts).set({ suspendedAt: new Date() }).where(eq(accounts.id, accountId)),
    async ({ accountId }) => await db.delete(memberships).where(eq(memberships.accountId, accountId)),
    async ({ browser }) => await browser.post('/sign-out'),
  ]
  for (const end of ends) {
    const of = await withTokens()
    const { access_token: access, refresh_token: refresh = '' } = of.tokens
    await end(of)
    assert.equal(await isActive(of.config, access), false, 'access token')
    assert.equal(await isActive(of.config, refresh), false, 'refresh token')
    await assert.rejects(oidc.fetchUserInfo(of.config, access, oidc.skipSubjectCheck))
    await assert.rejects(oidc.refreshTokenGrant(of.config, refresh))
  }
})
