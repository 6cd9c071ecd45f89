import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, memberships, openidConsents, policies, sessions } from '#db/schema.ts'
import { accountOf, answerCode, codeOf, owingCode, SESSION, signedInWith, signedUp, TRUSTED } from '#testing/index.ts'
import { mayUseClients, openidSite, type TestClient } from '#testing/openid.ts'
import {
  aged,
  allowing,
  codeFor,
  deviceApproved,
  deviceAsked,
  member,
  plainClient,
  sentBy,
  tokensFor,
} from '#testing/openid-people.ts'
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

const site = await openidSite()
after(site.close)
afterEach(() => assert.deepEqual(site.faults.splice(0), []))

const OFFLINE = { scope: 'openid email offline_access' }
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const many = <Result>(work: () => Promise<Result>) => Promise.all(Array.from({ length: 20 }, work))

describe('a code', () => {
  test('of one client is worth nothing to another, and is spent by neither of them (O01)', async () => {
    const { browser } = await member(site)
    const [own, other] = [await plainClient(site), await plainClient(site)]
    const code = await codeFor(browser, own)
    for (const redirect of [own.redirect, other.redirect]) {
      const said = await exchanging(site, { ...other, redirect }, code)
      assert.deepEqual([said.status, said.json.error], [400, 'invalid_grant'])
    }
    assert.equal((await exchanging(site, own, code)).status, 200)
  })

  test('with another redirect URI than it was sent to is refused (O01)', async () => {
    const { browser } = await member(site)
    const redirects = ['https://one.example.net/cb', 'https://two.example.net/cb']
    const client = await plainClient(site, {}, { redirects })
    const code = await codeFor(browser, client)
    assert.equal(
      (await exchanging(site, { ...client, redirect: redirects[1] ?? '' }, code)).json.error,
      'invalid_grant',
    )
  })
})

/** Of what comes to twenty at once: how many got tokens, and how many of these still open anything. */
async function redeemedAtOnce(redeem: () => Promise<{ status: number; json: Record<string, unknown> }>) {
  const all = await many(redeem)
  for (const { status } of all) assert.ok([200, 400].includes(status), `answered ${status}`)
  const won = all.filter(({ status }) => status === 200)
  const open = await Promise.all(won.map(({ json }) => userinfo(site, json.access_token)))
  return [won.length, open.filter(({ status }) => status === 200).length] as const
}

describe('twenty at once, of whom one may win and none keeps it', () => {
  test('redeem a code (O03)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    const code = await codeFor(browser, client)
    const [won, open] = await redeemedAtOnce(() => exchanging(site, client, code))
    assert.ok(won <= 1 && open === 0, `${won}, ${open}`)
  })

  test('show a refresh token (O03)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    const { refresh_token: token } = await tokensFor(site, browser, client, OFFLINE)
    const [won, open] = await redeemedAtOnce(() => refreshing(site, client, token))
    assert.ok(won <= 1 && open === 0, `${won}, ${open}`)
  })

  test('show a device code (O03)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site, { usesDeviceFlow: 1 })
    const { device_code: code, user_code: userCode } = await deviceAsked(site, client)
    await deviceApproved(browser, userCode)
    const [won, open] = await redeemedAtOnce(() =>
      posted(site, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: code }, basic(client)),
    )
    assert.ok(won <= 1 && open === 0, `${won}, ${open}`)
  })
})

describe('PKCE', () => {
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' // RFC 7636 appendix B
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const S256 = { code_challenge: challenge, code_challenge_method: 'S256' }

  test('is asked for where the client needs it, and a challenge in the clear is refused (O04)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site, { needsPkce: 1 })
    for (const more of [
      {},
      { code_challenge: verifier, code_challenge_method: 'plain' },
      { code_challenge: verifier },
    ]) {
      const { at } = await sentBy(browser, client, more)
      assert.equal(at.searchParams.get('error'), 'invalid_request', JSON.stringify(more))
      assert.equal(at.searchParams.get('code'), null)
    }
  })

  test('is checked wherever a challenge was sent: no verifier, a wrong one, the challenge itself (O04)', async () => {
    const { browser } = await member(site)
    for (const needsPkce of [0, 1] as const) {
      const client = await plainClient(site, { needsPkce })
      for (const wrong of [{}, { code_verifier: 'x'.repeat(43) }, { code_verifier: challenge }]) {
        const code = await codeFor(browser, client, S256)
        const said = await exchanging(site, client, code, wrong as Record<string, string>)
        assert.deepEqual([said.status, said.json.access_token], [400, undefined], JSON.stringify(wrong))
      }
      const code = await codeFor(browser, client, S256)
      assert.equal((await exchanging(site, client, code, { code_verifier: verifier })).status, 200)
    }
  })

  test('needs a challenge for a verifier: one that comes to a code without is refused (O04)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    const said = await exchanging(site, client, await codeFor(browser, client), { code_verifier: verifier })
    assert.equal(said.json.error, 'invalid_grant')
  })
})

describe('a refresh, an access token and a code stop at once', () => {
  type Of = {
    email: string
    accountId: number
    client: TestClient
    browser: Awaited<ReturnType<typeof member>>['browser']
  }
  const { db } = site.database
  const ends: Record<string, (of: Of) => Promise<unknown>> = {
    'when the account is suspended': async ({ accountId }) =>
      db.update(accounts).set({ suspendedAt: new Date() }).where(eq(accounts.id, accountId)),
    'when they leave the group': async ({ accountId }) =>
      db.delete(memberships).where(eq(memberships.accountId, accountId)),
    'when their membership has ended': async ({ accountId }) =>
      db
        .update(memberships)
        .set({ until: new Date(Date.now() - 1) })
        .where(eq(memberships.accountId, accountId)),
    'when they sign out': async ({ browser }) => browser.post('/sign-out'),
    'when the session has ended by its age': async ({ accountId }) =>
      db
        .update(sessions)
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where(eq(sessions.accountId, accountId)),
  }
  for (const [when, end] of Object.entries(ends))
    test(`${when} (O06, O08)`, async () => {
      const { browser, email } = await member(site)
      const { id: accountId } = await accountOf(site, email)
      const client = await plainClient(site)
      const tokens = await tokensFor(site, browser, client, OFFLINE)
      const code = await codeFor(browser, client)
      assert.equal((await userinfo(site, tokens.access_token)).status, 200)
      await end({ email, accountId, client, browser })
      assert.equal((await refreshing(site, client, tokens.refresh_token)).json.error, 'invalid_grant')
      assert.equal((await userinfo(site, tokens.access_token)).status, 401)
      assert.equal((await exchanging(site, client, code)).json.error, 'invalid_grant')
    })

  test('when what they allowed an app is taken back (O06)', async () => {
    const { browser, email } = await member(site)
    const client = await plainClient(site, { isThirdParty: 1 })
    const { at } = await sentBy(browser, client, OFFLINE)
    assert.equal(at.pathname, '/oauth/enter', 'they are asked')
    await allowing(browser)
    const tokens = await tokensFor(site, browser, client, OFFLINE)
    assert.equal((await userinfo(site, tokens.access_token)).status, 200)
    const { id } = await accountOf(site, email)
    await db.delete(openidConsents).where(eq(openidConsents.accountId, id))
    assert.equal((await userinfo(site, tokens.access_token)).status, 401)
    assert.equal((await refreshing(site, client, tokens.refresh_token)).json.error, 'invalid_grant')
    assert.equal((await sentBy(browser, client, OFFLINE)).at.pathname, '/oauth/enter', 'they are asked again')
  })

  test('when a policy asks for a second factor from now on, of whoever has none (O06)', async () => {
    const { browser, email } = await signedUp(site)
    await mayUseClients(site, email)
    const client = await plainClient(site)
    const tokens = await tokensFor(site, browser, client, OFFLINE)
    await site.database.db
      .insert(policies)
      .values({ scope: 'everybody', level: 'required', holdsFrom: new Date(Date.now() - 1000) })
    try {
      assert.equal((await refreshing(site, client, tokens.refresh_token)).json.error, 'invalid_grant')
      assert.equal((await userinfo(site, tokens.access_token)).status, 401)
    } finally {
      await site.database.db.delete(policies)
    }
  })
})

describe('a sign-in that showed less is never told as more', () => {
  const acrOf = async (browser: Awaited<ReturnType<typeof member>>['browser'], client: TestClient) => {
    const { acr, amr } = claimsIn((await tokensFor(site, browser, client)).id_token)
    return { acr, amr }
  }

  test('a recovery code, and a browser that is trusted: acr 1, no mfa (O07)', async () => {
    const { email, key, codes } = await member(site)
    const client = await plainClient(site)
    assert.deepEqual(await acrOf(await signedInWith(site, email, codes[0] ?? ''), client), { acr: '1', amr: ['pwd'] })
    const trusting = await owingCode(site, email)
    const trusted = await trusting.post('/sign-in/two-factor', { code: codeOf(key, new Date()), trust: 'yes' })
    assert.equal(trusted.status, 303, trusted.text)
    assert.deepEqual(await acrOf(trusting, client), { acr: '2', amr: ['pwd', 'otp', 'mfa'] })
    const back = site.browser()
    back.cookies.set(TRUSTED, trusting.cookies.get(TRUSTED) ?? '')
    assert.equal((await back.post('/sign-in', { email, password: 'violet kettle marches north' })).location, '/')
    assert.deepEqual(await acrOf(back, client), { acr: '1', amr: ['pwd'] })
    const { at } = await sentBy(back, client, { acr_values: '2' })
    assert.equal(at.pathname, '/settings/two-factor/fresh-proof', 'an app that asks for it has it shown')
  })

  test('acr_values=phr gets no code from whoever has no passkey (O07)', async () => {
    const { browser } = await member(site)
    const { at, answer } = await sentBy(browser, await plainClient(site), { acr_values: 'phr' })
    assert.equal(`${at.pathname} ${answer.status}`, '/oauth/enter 403')
  })

  test('prompt=login and max_age are not satisfied by going back to the page that asks (O07)', async () => {
    for (const more of [{ prompt: 'login' }, { max_age: '10' }, { max_age: '0' }]) {
      const { browser, email } = await member(site)
      await aged(site, email, 100)
      const { at } = await sentBy(browser, await plainClient(site), more)
      assert.equal(at.pathname, '/settings/two-factor/fresh-proof', JSON.stringify(more))
      for (let tries = 0; tries < 3; tries++)
        assert.match((await browser.get('/oauth/enter')).location ?? '', /fresh-proof/, 'as often as they try')
    }
  })
})

describe('the endpoints of programs', () => {
  test('never look at a cookie: with a session’s, and without a token, nothing is told (O11)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    const Cookie = `${SESSION}=${browser.cookies.get(SESSION)}`
    for (const method of ['GET', 'POST'])
      assert.equal(
        (await saidBy(await site.fetch('https://latchkey.test/oauth/userinfo', { method, headers: { Cookie } })))
          .status,
        401,
      )
    for (const grant of ['authorization_code', 'refresh_token', 'client_credentials', 'password'])
      assert.ok(
        (await posted(site, '/oauth/token', { grant_type: grant, client_id: client.name }, { Cookie })).status >= 400,
      )
    const { id_token: _, ...tokens } = await tokensFor(site, browser, client)
    const other = await member(site)
    const asOther = { Cookie: `${SESSION}=${other.browser.cookies.get(SESSION)}` }
    const { json } = await userinfo(site, tokens.access_token, asOther)
    assert.equal(
      json.sub,
      String((await accountOf(site, (await sessionOwner(browser)).email)).id),
      'the token’s, not the cookie’s',
    )
  })
  async function sessionOwner(browser: Awaited<ReturnType<typeof member>>['browser']) {
    const { html } = await browser.get('/settings/account')
    return { email: /ada\.[\w-]+@example\.com/.exec(html)?.[0] ?? '' }
  }

  test('set no cookie (O11)', async () => {
    const client = await plainClient(site)
    for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke'])
      assert.deepEqual(
        (await posted(site, path, { token: 'x', grant_type: 'refresh_token' }, basic(client))).headers.getSetCookie(),
        [],
      )
  })
})

test('a sign-in that still owes its code gets none for the app (O13)', async () => {
  const { email, key } = await member(site)
  const client = await plainClient(site)
  const browser = await owingCode(site, email)
  const { at } = await sentBy(browser, client)
  assert.equal(at.pathname, '/sign-in/two-factor')
  assert.equal((await sentBy(browser, client, { prompt: 'none' })).at.searchParams.get('error'), 'login_required')
  assert.equal((await browser.get('/oauth/enter')).location?.split('?')[0], '/sign-in/two-factor')
  assert.equal((await answerCode(browser, codeOf(key, new Date()))).status, 303)
  assert.ok(await codeFor(browser, client))
})

describe('what is off', () => {
  test('request objects, by value or by address, and sign-in at another issuer by them, are refused (O14)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    for (const [name, value] of [
      ['request', 'a.b.c'],
      ['request_uri', 'https://evil.example/r.jwt'],
      ['registration', '{}'],
    ] as const) {
      const { at } = await sentBy(browser, client, { [name]: value })
      assert.equal(at.searchParams.get('error'), `${name}_not_supported`)
    }
  })

  test('nobody registers a client, pushes a request, or gets tokens in the address (O14)', async () => {
    const { browser } = await member(site)
    const client = await plainClient(site)
    for (const path of ['/oauth/register', '/reg', '/oauth/par', '/request', '/oauth/backchannel', '/connect/register'])
      assert.ok(
        [403, 404].includes(
          (await posted(site, path, { redirect_uris: 'https://evil.example' }, basic(client))).status,
        ),
        path,
      )
    for (const responseType of ['token', 'id_token', 'code id_token', 'none']) {
      const { at } = await sentBy(browser, client, { response_type: responseType })
      assert.equal(
        new URLSearchParams(at.hash.slice(1) || at.search).get('error'),
        'unsupported_response_type',
        responseType,
      )
    }
    const said = await posted(site, '/oauth/token', { grant_type: 'client_credentials' }, basic(client))
    assert.match(String(said.json.error), /unsupported_grant_type|unauthorized_client/)
    assert.ok(authorizing(client).startsWith('/oauth/authorize'))
  })
})
