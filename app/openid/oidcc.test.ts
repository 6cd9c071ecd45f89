import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import * as oidc from 'openid-client'
import { openidRecords } from '#db/schema.ts'
import { BASE_URL } from '#testing/index.ts'
import { asking, discovered, followed, openidSite, redeem } from '#testing/openid.ts'
import { aged, codeFor, member, plainClient, sentBy, showingCode, tokensFor } from '#testing/openid-people.ts'
import {
  authorizing,
  basic,
  claimsIn,
  exchanging,
  posted,
  refreshing,
  saidBy,
  userinfo,
} from '#testing/openid-requests.ts'

// The modules of the OpenID Foundation's `oidcc-basic-certification-test-plan`, by its names (docs/openid.md, Conformance).
// What its pictures show to a person is looked for in the page.

const site = await openidSite()
after(site.close)
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const client = await plainClient(site)
const { browser, email, key } = await member(site)
const tokens = (more: Record<string, string | undefined> = {}) => tokensFor(site, browser, client, more)
const infoOf = async (token: string) => (await userinfo(site, token)).json
const metadata = async () => (await saidBy(await site.fetch(`${BASE_URL}/.well-known/openid-configuration`))).json

const isNow = (seconds: unknown) => Math.abs(Number(seconds) - Date.now() / 1000) < 30

describe('oidcc-basic-certification-test-plan', () => {
  test('oidcc-server', async () => {
    const config = await discovered(site, client)
    const asked = await asking(config, client)
    const { at } = await followed(browser, asked.url)
    assert.equal(at.searchParams.get('state'), asked.state)
    assert.equal(at.searchParams.get('iss'), BASE_URL)
    oidc.enableNonRepudiationChecks(config) // the signature as well
    const claims = (await redeem(config, asked, at)).claims()
    assert.deepEqual([claims?.iss, claims?.aud, claims?.nonce], [BASE_URL, client.name, asked.nonce])
    assert.ok(isNow(claims?.iat) && Number(claims?.exp) > Number(claims?.iat))
  })

  test('oidcc-response-type-missing', async () => {
    const { at, answer } = await sentBy(browser, client, { response_type: undefined })
    assert.equal(at.searchParams.get('code'), null)
    if (at.origin === BASE_URL) assert.match(answer.text, /response_type/)
    else assert.match(at.searchParams.get('error') ?? '', /^(invalid_request|unsupported_response_type)$/)
  })

  test('oidcc-idtoken-signature', async () => {
    const { id_token: idToken } = await tokens()
    const { kid, alg } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString())
    const { keys } = (await saidBy(await site.fetch(`${BASE_URL}/oauth/jwks`))).json as {
      keys: Record<string, string>[]
    }
    assert.equal(alg, 'RS256')
    assert.equal(keys.filter((each) => each.kid === kid).length, 1)
    for (const each of keys) assert.ok(!('d' in each), 'no private part')
  })

  test('oidcc-idtoken-unsigned', async () => {
    const { id_token_signing_alg_values_supported: algs } = await metadata()
    assert.ok(!(algs as string[]).includes('none'), 'nobody can register for it')
    assert.ok((algs as string[]).includes('RS256'))
  })

  test('oidcc-userinfo-get', async () => {
    const { access_token: token, id_token: idToken } = await tokens()
    const { status, json, headers } = await userinfo(site, token)
    assert.equal(status, 200)
    assert.match(headers.get('Content-Type') ?? '', /^application\/json/)
    assert.equal(json.sub, claimsIn(idToken).sub)
  })

  test('oidcc-userinfo-post-header', async () => {
    const { access_token: token } = await tokens()
    const { status, json } = await posted(site, '/oauth/userinfo', {}, { Authorization: `Bearer ${token}` })
    assert.equal(status, 200)
    assert.ok(json.sub)
  })

  test('oidcc-userinfo-post-body', async () => {
    const { access_token: token } = await tokens()
    const { status, json } = await posted(site, '/oauth/userinfo', { access_token: token })
    assert.equal(status, 200)
    assert.ok(json.sub)
  })

  test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    assert.ok(!('nonce' in claimsIn((await tokens({ nonce: undefined })).id_token)))
  })

  test('oidcc-scope-profile', async () => {
    const { name, preferred_username: username } = await infoOf(
      (await tokens({ scope: 'openid profile' })).access_token,
    )
    assert.ok(name && username)
  })

  test('oidcc-scope-email', async () => {
    const info = await infoOf((await tokens({ scope: 'openid email' })).access_token)
    assert.equal(info.email, email)
    assert.equal(typeof info.email_verified, 'boolean')
    assert.ok(!('name' in info), 'and nothing else')
  })

  for (const scope of ['address', 'phone'])
    test(`oidcc-scope-${scope}`, async () => {
      assert.ok(!((await metadata()).scopes_supported as string[]).includes(scope), 'the suite skips it')
      assert.equal((await tokens({ scope: `openid ${scope}` })).scope, 'openid', 'who asks is signed in all the same')
    })

  test('oidcc-scope-all', async () => {
    const asked = await tokens({ scope: 'openid profile email address phone' })
    const info = await infoOf(asked.access_token)
    assert.ok(info.name && info.email)
    assert.deepEqual(asked.scope.split(' ').sort(), ['email', 'openid', 'profile'])
  })

  test('oidcc-ensure-other-scope-order-succeeds', async () => {
    const { access_token: token } = await tokens({ scope: 'email openid' })
    assert.equal((await infoOf(token)).email, email)
  })

  for (const display of ['page', 'popup'])
    test(`oidcc-display-${display}`, async () => assert.ok((await tokens({ display })).id_token))

  test('oidcc-prompt-login', async () => {
    const first = claimsIn((await tokens()).id_token)
    await aged(site, email, 100)
    const { answer } = await sentBy(browser, client, { prompt: 'login' })
    assert.match(answer.html, /name="code"/, 'the page asks again, though they are signed in')
    const { at } = await showingCode({ browser, key })
    const again = await exchanging(site, client, at.searchParams.get('code') ?? '')
    const second = claimsIn(again.json.id_token)
    assert.equal(second.sub, first.sub)
    assert.ok(isNow(second.auth_time))
    assert.ok(Number(second.auth_time) >= Number(first.auth_time))
  })

  test('oidcc-prompt-none-not-logged-in', async () => {
    const { at } = await sentBy(site.browser(), client, { prompt: 'none', state: 'kept' })
    assert.equal(`${at.origin}${at.pathname}`, client.redirect)
    assert.equal(at.searchParams.get('error'), 'login_required')
    assert.equal(at.searchParams.get('state'), 'kept')
  })

  test('oidcc-prompt-none-logged-in', async () => {
    const [first, second] = [await tokens(), await tokens({ prompt: 'none' })].map(({ id_token: each }) =>
      claimsIn(each),
    )
    assert.deepEqual([second?.sub, second?.auth_time], [first?.sub, first?.auth_time])
  })

  test('oidcc-max-age-1', async () => {
    const first = claimsIn((await tokens({ max_age: '1000' })).id_token)
    await aged(site, email, 5)
    const { answer } = await sentBy(browser, client, { max_age: '1' })
    assert.match(answer.html, /name="code"/)
    const { at } = await showingCode({ browser, key }, 1)
    const second = claimsIn((await exchanging(site, client, at.searchParams.get('code') ?? '')).json.id_token)
    assert.ok(isNow(second.auth_time) && Number(second.auth_time) >= Number(first.auth_time))
  })

  test('oidcc-max-age-10000', async () => {
    const [first, second] = [await tokens({ max_age: '10000' }), await tokens({ max_age: '10000' })]
    assert.ok(claimsIn(first.id_token).auth_time)
    assert.equal(claimsIn(first.id_token).auth_time, claimsIn(second.id_token).auth_time)
  })

  test('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
    assert.ok((await tokens({ extra: 'foobar' })).id_token)
  })

  test('oidcc-id-token-hint', async () => {
    const { id_token: hint } = await tokens()
    const again = claimsIn((await tokens({ prompt: 'none', id_token_hint: hint })).id_token)
    assert.equal(again.sub, claimsIn(hint).sub)
  })

  test('oidcc-login-hint', async () => {
    assert.ok((await tokens({ login_hint: email })).id_token)
    assert.equal((await sentBy(site.browser(), client, { login_hint: 'buffy@latchkey.test' })).at.pathname, '/sign-in')
  })

  test('oidcc-ui-locales', async () => assert.ok((await tokens({ ui_locales: 'se' })).id_token))

  test('oidcc-claims-locales', async () => {
    const { access_token: token } = await tokens({ scope: 'openid profile', claims_locales: 'se' })
    assert.ok((await infoOf(token)).name)
  })

  test('oidcc-ensure-request-with-acr-values-succeeds', async () => {
    assert.equal(claimsIn((await tokens({ acr_values: '1 2' })).id_token).acr, '2')
  })

  for (const [name, seconds] of [
    ['oidcc-codereuse', 0],
    ['oidcc-codereuse-30seconds', 30],
  ] as const)
    test(name, async () => {
      const code = await codeFor(browser, client)
      const first = await exchanging(site, client, code)
      assert.equal(first.status, 200)
      // The library's clock can't be set: the code was used that long ago.
      const consumedAt = new Date(Date.now() - seconds * 1000)
      await site.database.db
        .update(openidRecords)
        .set({ consumedAt })
        .where(eq(openidRecords.kind, 'AuthorizationCode'))
      const second = await exchanging(site, client, code)
      assert.deepEqual([second.status, second.json.error], [400, 'invalid_grant'])
      assert.equal((await userinfo(site, first.json.access_token)).status, 401, 'and what it gave has ended')
    })

  test('oidcc-ensure-registered-redirect-uri', async () => {
    const { at, answer } = await sentBy(browser, client, { redirect_uri: `${client.redirect}/other` })
    assert.equal(at.origin, BASE_URL)
    assert.deepEqual([answer.status, answer.location], [400, null])
    assert.match(answer.text, /redirect_uri/)
  })

  test('oidcc-ensure-post-request-succeeds', async () => {
    const [path = '', form = ''] = authorizing(client).split('?')
    const answer = await browser.post(path, form, { Origin: 'https://app.example.net', 'Sec-Fetch-Site': 'cross-site' })
    const { at } = await followed(browser, new URL(answer.location ?? '', BASE_URL))
    assert.equal((await exchanging(site, client, at.searchParams.get('code') ?? '')).status, 200)
  })

  test('oidcc-server-client-secret-post', async () => {
    assert.ok(((await metadata()).token_endpoint_auth_methods_supported as string[]).includes('client_secret_post'))
    const said = await posted(site, '/oauth/token', {
      ...{ grant_type: 'authorization_code', code: await codeFor(browser, client), redirect_uri: client.redirect },
      ...{ client_id: client.name, client_secret: client.secret },
    })
    assert.equal(said.status, 200)
  })

  const unsigned = (claims: object) =>
    [{ alg: 'none' }, claims].map((part) => `${Buffer.from(JSON.stringify(part)).toString('base64url')}.`).join('')

  test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
    assert.equal((await metadata()).request_uri_parameter_supported, false)
    const { at } = await sentBy(browser, client, { request_uri: 'https://app.example.net/request.jwt' })
    assert.equal(at.searchParams.get('error'), 'request_uri_not_supported')
  })

  test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
    assert.notEqual((await metadata()).request_parameter_supported, true)
    const { at } = await sentBy(browser, client, { request: unsigned({ client_id: client.name, nonce: 'other' }) })
    assert.equal(at.searchParams.get('error'), 'request_not_supported')
  })

  test('oidcc-claims-essential', async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
    assert.ok((await infoOf((await tokens({ claims })).access_token)).name)
  })

  test('oidcc-ensure-request-object-with-redirect-uri', async () => {
    const request = unsigned({ client_id: client.name, redirect_uri: client.redirect })
    const { at, answer } = await sentBy(browser, client, { request, redirect_uri: `${client.redirect}/other` })
    assert.deepEqual([at.origin, answer.status, answer.location], [BASE_URL, 400, null])
  })

  test('oidcc-refresh-token', async () => {
    const first = await tokens({ scope: 'openid offline_access', prompt: 'consent' }).catch(() =>
      tokens({ scope: 'openid offline_access' }),
    )
    const second = await refreshing(site, client, first.refresh_token)
    assert.equal(second.status, 200)
    const [before, after] = [claimsIn(first.id_token), claimsIn(second.json.id_token)]
    assert.deepEqual(
      [after.iss, after.sub, after.aud, after.auth_time],
      [before.iss, before.sub, before.aud, before.auth_time],
    )
    assert.notEqual(second.json.access_token, first.access_token)
    const other = await plainClient(site)
    assert.equal((await refreshing(site, other, String(second.json.refresh_token))).json.error, 'invalid_grant')
  })

  test('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const config = await discovered(site, client)
    const asked = await asking(config, client)
    assert.ok((await redeem(config, asked, (await followed(browser, asked.url)).at)).id_token)
  })
})

test('oidcc-discovery-endpoint-verification', async () => {
  const of = await metadata()
  assert.equal(of.issuer, BASE_URL)
  for (const [name, value] of Object.entries(of))
    if (/_(endpoint|uri)$/.test(name)) assert.match(String(value), /^https:/)
  assert.deepEqual(of.response_types_supported, ['code'])
  assert.ok((of.grant_types_supported as string[]).includes('authorization_code'))
  assert.deepEqual(of.code_challenge_methods_supported, ['S256'])
  assert.ok((of.scopes_supported as string[]).includes('openid'))
  assert.ok(!('registration_endpoint' in of) && !('pushed_authorization_request_endpoint' in of))
})

test('a client that shows a wrong secret is told so with 401, and is given nothing', async () => {
  const code = await codeFor(browser, client)
  const said = await exchanging(site, { ...client, secret: 'wrong' }, code)
  assert.deepEqual([said.status, said.json.error], [401, 'invalid_client'])
  assert.equal(
    (await posted(site, '/oauth/introspect', { token: code }, basic({ ...client, secret: 'wrong' }))).status,
    401,
  )
})
