import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  appBrowser,
  appToken,
  asking,
  BEHIND_PROXY,
  codeFor,
  entering,
  joining,
  NAVIGATION,
  PROXIES,
  wayInOf,
  withApp,
} from '#testing/gate.ts'
import { BASE_URL, latchkey, signedUp, withTwoFactor } from '#testing/index.ts'

const product = await latchkey(BEHIND_PROXY)
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

for (const proxy of PROXIES)
  describe(`asked by ${proxy}, the gate`, () => {
    const [redirected, bad, long] = proxy === 'nginx' ? [401, 403, 401] : [302, 400, 414]

    test('leads to the portal, and from there to the page that was asked for', async () => {
      const { host, group } = await withApp(product)
      const { browser: portal, email } = await signedUp(product)
      await joining(product, email, group)
      const url = `https://${host}/albums/%C3%A4?year=2026&latchkey=1`
      const browser = appBrowser(product, { proxy })

      const first = await browser.asks(url)
      assert.equal(first.status, redirected)
      assert.equal(first.headers.get('Referrer-Policy'), 'no-referrer')
      assert.equal(wayInOf(first.location).to, url)
      assert.match(
        first.headers.get('Set-Cookie') ?? '',
        /^__Host-latchkey-gate-pre=[0-9a-f]{32}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      )

      const second = await browser.asks(await codeFor(product, portal, first.location))
      assert.deepEqual([second.status, second.location], [redirected, url])
      assert.match(
        second.headers.get('Set-Cookie') ?? '',
        /^__Host-latchkey-gate=[0-9a-f]{32}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      )

      const third = await browser.asks(url)
      assert.deepEqual([third.status, third.html, third.headers.getSetCookie()], [200, '', []])
      assert.equal(third.headers.get('Remote-Email'), email)
      assert.equal(third.headers.get('Remote-Groups'), group)
      for (const { headers } of [first, second, third])
        assert.deepEqual(
          ['Cache-Control', 'Content-Length'].map((name) => headers.get(name)),
          ['no-store', '0'],
        )
    })

    test('tells a program where to sign in, and never sends it there', async () => {
      const { host } = await withApp(product)
      for (const of of [{ method: 'POST', headers: NAVIGATION }, { headers: { Accept: '*/*' } }]) {
        const answer = await asking(product.carry, `https://${host}/list`, { proxy, ...of })
        assert.deepEqual([answer.status, answer.location, answer.html], [401, null, ''])
        assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer')
        assert.equal(wayInOf(answer.headers.get('Latchkey-Location')).to, `https://${host}/list`)
      }
    })

    test('refuses who is in none of the groups, with a page for a person', async () => {
      const { host } = await withApp(product)
      const { browser: portal } = await signedUp(product)
      const browser = await entering(product, portal, `https://${host}/`, { proxy })
      const page = await browser.asks(`https://${host}/`)
      const none = await browser.asks(`https://${host}/`, { method: 'POST' })
      assert.deepEqual([page.status, none.status, none.html], [403, 403, ''])
      assert.ok(page.html.length > 0, 'has something to read')
    })

    test('refuses a host that nobody registered', async () => {
      const answer = await asking(product.carry, 'https://nobody.example.test/', { proxy, headers: NAVIGATION })
      assert.equal(answer.status, 403)
    })

    test('asks for the second factor where a path wants it: a program by RFC 9470', async () => {
      const paths = [{ path: '/admin/', level: 'second_factor' as const, maxAge: 900 }]
      const { host, group } = await withApp(product, { paths })
      const { browser: portal, email } = await withTwoFactor(product)
      await joining(product, email, group)
      const browser = await entering(product, portal, `https://${host}/`, { proxy })
      assert.equal((await browser.asks(`https://${host}/admin/`)).status, 200)
      product.clock.advance(901_000)
      assert.equal((await browser.asks(`https://${host}/`)).status, 200)
      const page = await browser.asks(`https://${host}/admin/users`)
      assert.equal(page.status, redirected)
      assert.equal(wayInOf(page.location).to, `https://${host}/admin/users`)
      assert.match(page.location ?? '', /&acr_values=second_factor&max_age=900$/)
      const { status, headers } = await browser.asks(`https://${host}/admin/users`, { method: 'DELETE' })
      assert.equal(status, 401)
      assert.equal(
        headers.get('WWW-Authenticate'),
        'Bearer error="insufficient_user_authentication", acr_values="second_factor", max_age="900"',
      )
    })

    test('leads the way out at each host', async () => {
      const { host } = await withApp(product)
      const answer = await asking(product.carry, `https://${host}/.latchkey/sign-out`, { proxy, headers: NAVIGATION })
      assert.deepEqual([answer.status, answer.location], [redirected, `${BASE_URL}/gate/sign-out?from=${host}`])
    })

    test('refuses what can be no request, and a URL that is too long to come back', async () => {
      const { host } = await withApp(product)
      const refused = await asking(product.carry, 'https://a_b?c/', { proxy, headers: NAVIGATION })
      assert.deepEqual([refused.status, refused.location], [bad, null])
      const url = `https://${host}/${'a'.repeat(20_000)}`
      const tooLong = await asking(product.carry, url, { proxy, headers: NAVIGATION })
      assert.deepEqual([tooLong.status, tooLong.location], [long, null])
      const script = await asking(product.carry, url, { proxy, headers: { 'Sec-Fetch-Mode': 'cors' } })
      assert.deepEqual([script.status, script.headers.get('Latchkey-Location')], [401, null])
    })

    test('takes an access token in three ways, and passes none on', async () => {
      const { host, group, name } = await withApp(product)
      const { browser: portal, email } = await signedUp(product)
      await joining(product, email, group)
      const { value: token } = await appToken(product, portal, name)
      const basic = `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`
      const ask = (headers: Record<string, string>) =>
        asking(product.carry, `https://${host}/`, { proxy, method: 'PUT', headers })
      const passed = async (headers: Record<string, string>) => {
        const answer = await ask(headers)
        return [answer.status, answer.headers.get('Authorization'), answer.headers.get('Proxy-Authorization')]
      }
      assert.deepEqual(await passed({ Authorization: `Bearer ${token}` }), [200, '', null])
      assert.deepEqual(await passed({ Authorization: basic }), [200, '', null])
      const own = 'Basic YTpi'
      assert.deepEqual(await passed({ 'Proxy-Authorization': `Bearer ${token}`, Authorization: own }), [200, own, ''])
      assert.equal((await ask({ Authorization: own })).status, 401)
    })

    test('is not there for anybody but the proxies', async () => {
      const { host } = await withApp(product, { networks: [{ network: '0.0.0.0/0', level: 'public' }] })
      assert.equal((await asking(product.carry, `https://${host}/`, { proxy })).status, 200)
      const answer = await asking(product.carry, `https://${host}/`, { proxy, peer: '192.0.2.66' })
      assert.equal(answer.status, proxy === 'envoy' ? 421 : 404)
    })
  })
