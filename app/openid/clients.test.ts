import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { addMember, createGroup } from '#app/operators/groups.ts'
import { apps, clients, openidKeys } from '#db/schema.ts'
import { type Browser, copyOf, withTwoFactor } from '#testing/index.ts'
import { keptLog } from '#testing/log.ts'
import { BASE_URL } from '#testing/names.ts'
import { asking, followed, openidSite, redeem } from '#testing/openid.ts'
import { testVault } from '#testing/vault.ts'
import { rotateKeys } from './keys.ts'
import { createClient, rotateSecret } from './manage.ts'
import { recordsOf } from './records.ts'
import type { ClientChange } from './written-client.ts'

const log = keptLog()
const vault = testVault()
const site = await openidSite({}, { log: log.log, vault })
afterEach(() => assert.deepEqual(site.faults.splice(0), []))
const others: { stop(): void }[] = []
after(async () => {
  for (const other of others) other.stop()
  await site.close()
})

const BY = { operatorId: null, reason: null, origin: COMMAND_LINE }
for (const group of ['people', 'chiefs', 'cooks']) await createGroup(site.deps, group, BY)
const { browser, email } = await withTwoFactor(site)
for (const group of ['people', 'chiefs']) await addMember(site.deps, { group, called: email, until: null }, BY)

let made = 0
async function added(of: ClientChange = {}) {
  const name = `app-${++made}`
  const redirect = of.redirects?.[0] ?? `https://${name}.example.net/callback`
  const written = { name, redirects: [redirect], groups: ['people'], ...of }
  const result = await createClient(site.deps, written, BY)
  assert.ok(result.ok, JSON.stringify(result))
  return { name, redirect, secret: result.secret ?? '' }
}
const discovered = (
  name: string,
  auth: oidc.ClientAuth | undefined,
  of: Partial<oidc.ClientMetadata> = {},
  at = site,
) => oidc.discovery(new URL(BASE_URL), name, of, auth, { [oidc.customFetch]: at.fetch as never })

/** Signs in there. What openid-client doesn't find good is thrown. */
async function signedIn(config: oidc.Configuration, redirect: string, params: Record<string, string> = {}) {
  const asked = await asking(config, { redirect }, params)
  const { at } = await followed(browser, asked.url)
  return { at, asked, tokens: await redeem(config, asked, at) }
}

describe('a client shows who it is', () => {
  test('by a secret, in the header or in the form, and by no other secret (O02)', async () => {
    const { name, redirect, secret } = await added()
    for (const way of [oidc.ClientSecretBasic, oidc.ClientSecretPost])
      assert.ok((await signedIn(await discovered(name, way(secret)), redirect)).tokens.access_token)
    for (const wrong of ['wrong', `${secret} `, secret.slice(1)])
      await assert.rejects(signedIn(await discovered(name, oidc.ClientSecretBasic(wrong)), redirect))
    await assert.rejects(signedIn(await discovered(name, oidc.None()), redirect))
  })

  test('while its secret is replaced, by the old one too, until that has ended (O02)', async () => {
    const { name, redirect, secret } = await added()
    const rotated = await rotateSecret(site.deps, name, BY)
    assert.ok(rotated.ok)
    const by = async (text: string) => signedIn(await discovered(name, oidc.ClientSecretBasic(text)), redirect)
    assert.ok((await by(secret)).tokens.access_token)
    assert.ok((await by(rotated.secret)).tokens.access_token)
    const { db } = site.database
    const [app] = await db.select({ id: apps.id }).from(apps).where(eq(apps.name, name))
    await db
      .update(clients)
      .set({ previousUntil: new Date() })
      .where(eq(clients.appId, app?.id ?? ''))
    await assert.rejects(by(secret))
    assert.ok((await by(rotated.secret)).tokens.access_token)
  })

  test('by a key of its own, and by no other', async () => {
    const pair = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const own = await pair()
    const jwk = await crypto.subtle.exportKey('jwk', own.publicKey)
    const jwks = JSON.stringify({ keys: [{ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, alg: 'ES256' }] })
    const { name, redirect } = await added({ auth: 'private_key_jwt', jwks })
    const by = async (key: CryptoKey) => signedIn(await discovered(name, oidc.PrivateKeyJwt(key)), redirect)
    assert.ok((await by(own.privateKey)).tokens.access_token)
    await assert.rejects(by((await pair()).privateKey))
    await assert.rejects(signedIn(await discovered(name, oidc.ClientSecretPost('-')), redirect))
  })

  test('by what it has signed once: whoever shows that again, however early, is refused (O03)', async () => {
    const { adapter } = recordsOf({
      ...site.deps,
      current: () => undefined,
      here: async () => undefined,
      signOut: async () => {},
      gone: () => new Error('gone'),
    })
    const { find, upsert } = adapter('ReplayDetection')
    const shown = { jti: 'one', iss: 'app' }
    assert.deepEqual(await Promise.all([find('one'), find('one')]), [undefined, undefined], 'both have looked')
    await upsert('one', shown, 60)
    await assert.rejects(upsert('one', shown, 60), /gone/)
  })

  test('not at all, on a phone: then PKCE is all there is, and can’t be left out (O04)', async () => {
    const redirect = 'app.phone:/callback'
    const { name } = await added({ auth: 'none', redirects: [redirect] })
    const config = await discovered(name, oidc.None())
    assert.ok((await signedIn(config, redirect)).tokens.access_token)
    const asked = await asking(config, { redirect })
    asked.url.searchParams.delete('code_challenge')
    asked.url.searchParams.delete('code_challenge_method')
    const { at } = await followed(browser, asked.url)
    assert.equal(at.searchParams.get('code'), null)
  })
})

test('an app on a desk is sent back to whatever port it has, at the same path of the same machine only (O05)', async () => {
  const registered = 'http://127.0.0.1/callback'
  const { name } = await added({ auth: 'none', redirects: [registered] })
  const config = await discovered(name, oidc.None())
  for (const port of [1024, 51_234])
    assert.ok((await signedIn(config, `http://127.0.0.1:${port}/callback`)).tokens.access_token)
  for (const other of [
    'http://127.0.0.1:5000/other',
    'http://localhost:5000/callback',
    'http://127.0.0.2:5000/callback',
  ]) {
    const { at } = await followed(browser, (await asking(config, { redirect: other })).url)
    assert.equal(at.origin, BASE_URL, `${other}: people stay here`)
  }
})

for (const alg of ['ES256', 'EdDSA'])
  test(`ID tokens are signed by ${alg} where a client wants that`, async () => {
    const { name, redirect, secret } = await added({ alg })
    const of = { id_token_signed_response_alg: alg }
    const { tokens } = await signedIn(await discovered(name, oidc.ClientSecretBasic(secret), of), redirect)
    assert.equal(JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString()).alg, alg)
  })

describe('what groups bring along', () => {
  const claims = ['chiefs role admin', 'cooks kitchen yes', 'people quota 5 GB', 'chiefs quota none']

  test('is in the ID token and at userinfo, for members alone, and for no other client', async () => {
    const { name, redirect, secret } = await added({ claims })
    const other = await added()
    const fresh = await openidSite({}, { database: site.database, vault }) // another process: it reads the names when it starts
    try {
      const of = async (app: { name: string; redirect: string; secret: string }) => {
        const config = await discovered(app.name, oidc.ClientSecretBasic(app.secret), {}, fresh)
        const from = fresh.browser()
        for (const [cookie, value] of browser.cookies) from.cookies.set(cookie, value)
        const asked = await asking(config, app)
        const tokens = await redeem(config, asked, (await followed(from, asked.url)).at)
        const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
        return [tokens.claims(), info].map((said) => ({ role: said?.role, kitchen: said?.kitchen, quota: said?.quota }))
      }
      const all = { role: 'admin', kitchen: undefined, quota: ['5 GB', 'none'] }
      assert.deepEqual(await of({ name, redirect, secret }), [all, all])
      const none = { role: undefined, kitchen: undefined, quota: undefined }
      assert.deepEqual(await of(other), [none, none])
    } finally {
      fresh.stop()
    }
  })
})

test('keys are rotated under a live client: it finds every ID token good, before, during and after (O12)', async () => {
  const { name, redirect, secret } = await added()
  const { db } = site.database
  const process = async () => {
    const at = await openidSite({}, { database: site.database, vault })
    others.push(at)
    const config = await discovered(name, oidc.ClientSecretBasic(secret), {}, at)
    oidc.enableNonRepudiationChecks(config) // it looks at the signature
    return { at, config }
  }
  const kidOf = (token: string | undefined) =>
    JSON.parse(Buffer.from(token?.split('.')[0] ?? '', 'base64url').toString()).kid as string
  const published = async (at: typeof site) =>
    ((await (await at.fetch(`${BASE_URL}/oauth/jwks`)).json()) as { keys: { kid: string; d?: string }[] }).keys
  const signsAt = async ({ at, config }: Awaited<ReturnType<typeof process>>) => {
    const from = at.browser()
    for (const [cookie, value] of browser.cookies) from.cookies.set(cookie, value)
    const asked = await asking(config, { redirect })
    const { id_token: token } = await redeem(config, asked, (await followed(from, asked.url)).at)
    return kidOf(token)
  }

  const live = await process()
  const first = await signsAt(live)
  const rotated = await rotateKeys(site.deps, BY)
  assert.ok(rotated.ok)
  assert.deepEqual(rotated.algs.toSorted(), ['ES256', 'EdDSA', 'RS256'])
  assert.equal((await rotateKeys(site.deps, BY)).ok, false, 'one at a time')

  const during = await process()
  assert.equal(await signsAt(during), first, 'the new one only waits')
  const keys = await published(during.at)
  assert.equal(keys.length, 6)
  assert.ok(
    keys.every(({ d }) => d === undefined),
    'none is private',
  )

  await db.update(openidKeys).set({ usedFrom: new Date(0) })
  const later = await process()
  const second = await signsAt(later)
  assert.notEqual(second, first)
  assert.ok(
    (await published(later.at)).some(({ kid }) => kid === first),
    'the old one is still published',
  )

  await db.update(openidKeys).set({ endsAt: new Date() }).where(eq(openidKeys.id, first))
  const last = await process()
  assert.ok(!(await published(last.at)).some(({ kid }) => kid === first))
  assert.equal(await signsAt(last), second)

  const stolen = await rotateKeys(site.deps, BY, { isStolen: true })
  assert.ok(stolen.ok)
  const clean = await process()
  const third = await signsAt(clean)
  assert.ok(third !== second)
  assert.ok(!(await published(clean.at)).some(({ kid }) => kid === second), 'a stolen one is gone at once')
})

test('an app that shows an ID token whose key has ended still gets the page that asks, and its person is led back to it (O10, O12)', async () => {
  const back = 'https://app.example.net/bye'
  const { name, redirect, secret } = await added({ signedOut: [back] })
  const { tokens } = await signedIn(await discovered(name, oidc.ClientSecretBasic(secret)), redirect)
  const hint = tokens.id_token ?? ''
  assert.ok((await rotateKeys(site.deps, BY, { isStolen: true })).ok)
  const later = await openidSite({}, { database: site.database, vault })
  others.push(later)
  const opening = async (from: Browser, params: Record<string, string>) =>
    from.get(
      `/oauth/sign-out?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: back, ...params })}`,
    )
  const theirs = copyOf(later, browser)
  for (const params of [{}, { client_id: name }, { state: 's1' }]) {
    const page = await opening(theirs, params)
    assert.equal(page.status, 200)
    assert.match(page.text, /Stay signed in/)
    assert.ok(page.text.includes(name), 'it names the app')
    assert.equal((await theirs.get('/')).status, 200, 'nobody is signed out by it')
  }
  assert.equal((await opening(later.browser(), {})).location, back, 'who isn’t signed in is led on')
  const elsewhere = await opening(theirs, { post_logout_redirect_uri: 'https://evil.example/' })
  assert.equal(elsewhere.status, 400)
  assert.equal(elsewhere.location, null)
})

test('no secret, code or token is in a log, a metric or an answer that says no (O15)', async () => {
  const { name, redirect, secret } = await added()
  const config = await discovered(name, oidc.ClientSecretBasic(secret))
  const { at, asked, tokens } = await signedIn(config, redirect)
  const code = at.searchParams.get('code') ?? ''
  const said: string[] = []
  const tell = async (path: string, init: RequestInit) =>
    said.push(await (await site.fetch(`${BASE_URL}${path}`, init)).text())
  const form = (of: Record<string, string>) => ({
    method: 'POST',
    body: new URLSearchParams({ client_id: name, ...of }),
  })
  await tell('/oauth/token', form({ client_secret: `${secret}x`, grant_type: 'authorization_code', code }))
  await tell(
    '/oauth/token',
    form({ client_secret: secret, grant_type: 'authorization_code', code, redirect_uri: redirect }),
  )
  await tell(
    '/oauth/token',
    form({ client_secret: secret, grant_type: 'refresh_token', refresh_token: `${tokens.refresh_token}x` }),
  )
  await tell('/oauth/userinfo', { headers: { Authorization: `Bearer ${tokens.access_token}x` } })
  said.push((await browser.get(`/oauth/authorize?client_id=${name}&code=${code}&redirect_uri=javascript:x`)).text)
  said.push(log.text(), await (await site.app.request('/metrics')).text(), JSON.stringify(site.faults))
  const all = said.join('\n')
  assert.ok(log.text().length > 100, 'there is a log')
  const secrets = { secret, code, access: tokens.access_token, refresh: tokens.refresh_token, id: tokens.id_token }
  for (const [what, text = 'missing'] of Object.entries({ ...secrets, verifier: asked.verifier }))
    assert.ok(!all.includes(text), `the ${what} is there`)
})
