import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { recoveryCodes, sessions } from '#db/schema.ts'
import { appToken, asking, BEHIND_PROXY, GATE, guestOf, NAVIGATION, PROXIES } from '#testing/gate.ts'
import {
  accountOf,
  BASE_URL,
  latchkey,
  newEmail,
  owingCode,
  PASSWORD,
  PENDING,
  SESSION,
  signedUp,
  withTwoFactor,
} from '#testing/index.ts'
import { hashToken } from '../lib/tokens.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { setPolicy } from '../operators/policy.ts'

const product = await latchkey(BEHIND_PROXY)
const { carry, database, deps, clock } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

const IDENTITY = ['Remote-User', 'Remote-Email', 'Remote-Name', 'Remote-Groups']
const PUBLIC = { path: '/public/', level: 'public' as const, maxAge: null }
const ADMIN = { path: '/admin/', level: 'second_factor' as const, maxAge: null }
type Answer = Awaited<ReturnType<typeof asking>>

/** Neither let in, nor told who somebody is, nor a fault of ours. */
const assertRefused = ({ status, headers }: Answer, what: string) => {
  assert.ok(status >= 300 && status < 500, `${what}: ${status}`)
  for (const name of IDENTITY) assert.equal(headers.get(name), null, what)
}

for (const proxy of PROXIES)
  describe(`asked by ${proxy},`, () => {
    const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
      asking(carry, url, { proxy, method, headers })

    test('each answer that lets in has all four headers, whoever is there, and none of the client’s (G01)', async () => {
      const forged = Object.fromEntries(IDENTITY.map((name) => [name, 'root']))
      const told = await guestOf(product, { paths: [PUBLIC] })
      const silent = await guestOf(product, { tellsIdentity: false })
      const { value } = await appToken(product, told.portal, told.name)
      const Authorization = `Bearer ${value}`
      const all: [string, string, Record<string, string>, boolean][] = [
        ['a person', `${told.host}/`, { Cookie: told.cookie }, true],
        ['nobody, on a public path', `${told.host}/public/`, {}, false],
        ['a person, on a public path', `${told.host}/public/`, { Cookie: told.cookie }, true],
        ['an access token', `${told.host}/`, { Authorization }, true],
        ['an access token, on a public path', `${told.host}/public/`, { Authorization }, true],
        ['a person, to an app that is told nothing', `${silent.host}/`, { Cookie: silent.cookie }, false],
      ]
      for (const [who, at, headers, isTold] of all) {
        const answer = await ask(`https://${at}`, { ...forged, ...headers })
        assert.equal(answer.status, 200, who)
        assert.equal(answer.headers.get('Remote-Email'), isTold ? told.email : '', who)
        for (const name of IDENTITY) assert.ok(![null, 'root'].includes(answer.headers.get(name)), `${who}: ${name}`)
      }
    })

    test('nothing malformed is let in, and nothing breaks (G03)', async () => {
      const { host, cookie } = await guestOf(product, { paths: [PUBLIC] })
      const url = `https://${host}/public/`
      const value = cookie.slice(GATE.length + 1)
      const cookies = [
        '%',
        '%ff',
        `"${value}"`,
        `${value}%`,
        `${value} x`,
        value.toUpperCase(),
        '\xff'.repeat(9),
        ';;=;',
        '=',
        '\t',
      ]
      for (const cut of ['', `${value}0`, value.slice(1), 'a'.repeat(9000), ...cookies])
        assertRefused(await ask(`https://${host}/`, { Cookie: `${GATE}=${cut}` }), `a cookie ${cut.slice(0, 40)}`)
      const urls = [
        '',
        'x',
        `//${host}/`,
        `ftp://${host}/public/`,
        `https:/${host}/public/`,
        `https://${host}`,
        'https:///public/',
      ]
      for (const wrong of [
        ...urls,
        `https://${host}/public/ /`,
        `https://${host}/public/\x7f`,
        `javascript://${host}/public/`,
      ])
        if (proxy !== 'envoy' || wrong.includes('//')) assertRefused(await ask(wrong, { Cookie: cookie }), wrong)
      if (proxy !== 'envoy')
        for (const method of ['', 'GET POST', 'GET, GET', 'G\xebT', 'GET/', '"GET"', 'A'.repeat(65)])
          assertRefused(await ask(url, { Cookie: cookie }, method), `the method ${method}`)
      const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`X-${index}`, 'x']))
      assertRefused(await ask(`https://${host}/`, many), '10,000 headers')
      assert.equal((await ask(url, { ...many, Cookie: cookie })).status, 200)
    })

    test('what a client writes for another kind of proxy is refused and not read (G04)', async () => {
      const { host } = await guestOf(product, { paths: [PUBLIC] })
      const other = await guestOf(product)
      const open = { uri: '/public/', url: `https://${host}/public/` }
      const original = { 'X-Original-URL': open.url, 'X-Original-Method': 'GET' }
      const forwarded = { 'X-Forwarded-Uri': open.uri, 'X-Forwarded-Method': 'GET' }
      const foreign = { nginx: forwarded, haproxy: forwarded, caddy: original, traefik: original }
      for (const [name, value] of Object.entries(proxy === 'envoy' ? { ...original, ...forwarded } : foreign[proxy]))
        for (const at of [other.host, host]) {
          const { status } = await ask(`https://${at}/public/`, { [name]: value })
          assert.equal(status, proxy === 'nginx' ? 403 : 400, name)
        }
      const moved = { 'X-Forwarded-Prefix': open.uri, 'X-Forwarded-Port': '443', 'X-Forwarded-Path': open.uri }
      const renamed = { Forwarded: `host=${host};proto=https`, 'X-Forwarded-Server': host, 'X-Host': host }
      for (const headers of [moved, renamed, { 'X-Rewrite-URL': open.uri, 'X-HTTP-Method-Override': 'OPTIONS' }])
        assertRefused(await ask(`https://${other.host}/`, headers), Object.keys(headers).join())
    })

    test('a host in another spelling is refused, or has the same rules (G05)', async () => {
      const { host, cookie } = await guestOf(product, { networks: [{ network: '192.0.2.77', level: 'public' }] })
      for (const same of [host.toUpperCase(), `${host}.`, `${host}:443`, `${host}.:443`, `${host}:0443`]) {
        assertRefused(await ask(`https://${same}/`), same)
        assert.equal((await ask(`https://${same}/`, { Cookie: cookie })).status, 200, same)
      }
      const [name = ''] = host.split('.')
      const others = [
        `${host}:80`,
        `${host}:444`,
        `${host}..`,
        `.${host}`,
        `${host},${host}`,
        `${host}@evil.test`,
        `evil@${host}`,
      ]
      const written = [
        `${host.replaceAll('.', '%2e')}`,
        `${host}\\`,
        `${host}:443:443`,
        `${host}:`,
        `${host}#`,
        `x.${host}`,
        name,
        '*',
      ]
      for (const wrong of [...others, ...written, `[${host}]`, `${host};x`, `${host}%00`, `${host}\xad`])
        assertRefused(await ask(`https://${wrong}/`, { Cookie: cookie }), wrong)
      assertRefused(await ask(`http://${host}/`, { Cookie: cookie }), 'over http')
    })

    test('a path that can be read in two ways needs what the strictest rule asks (G06)', async () => {
      const { host, cookie } = await guestOf(product, { paths: [PUBLIC, ADMIN] })
      const climbing = [
        '/public/../x',
        '/public/%2e%2e/x',
        '/public/.%2E/x',
        '/public/..%2fx',
        '/public/%2e%2e%2fx',
        '/public/..;/x',
      ]
      const odd = [
        '/public//x',
        '/public/;/x',
        '/public/x;y',
        '/public\\..\\x',
        '/public/%5cx',
        '/public/%00',
        '/public/%2fx',
        '/public/%',
      ]
      const cased = [
        '/PUBLIC/x',
        '/Public/',
        '/public/%c0%ae%c0%ae/x',
        '/public/#/../x',
        '/%70ublic/x',
        '/public%2fx',
        '/public/./x',
      ]
      const outside = [
        '/publicx',
        '/x?/public/',
        '/x/public/',
        '//public/',
        '/public%3f/../x',
        '/public/%252e%252e/%2e',
      ]
      for (const path of [...climbing, ...odd, ...cased, ...outside])
        assertRefused(await ask(`https://${host}${path}`), path)
      const admin = [
        '/admin',
        '/admin/',
        '/ADMIN/',
        '/Admin/x',
        '/%61dmin/',
        '/x/../admin/',
        '//admin/',
        '/admin%2f',
        '/./admin/',
      ]
      for (const path of [
        ...admin,
        '/admin/..;/',
        '/x/..%2fadmin/',
        '/admin//',
        '/admin/?/public/',
        '/x%2f..%2fadmin',
        '/admin;x/',
      ])
        assertRefused(await ask(`https://${host}${path}`, { Cookie: cookie }), path)
      for (const path of ['/', '/x', '/administration', '/public/x', '/public', '/b%C3%A4r', '/a%20b?c=/../admin/'])
        assert.equal((await ask(`https://${host}${path}`, { Cookie: cookie })).status, 200, path)
    })

    test('no path leads out of the check to a page that answers 200 (G06)', async () => {
      const { host } = await guestOf(product)
      const open = await guestOf(product, { paths: [PUBLIC] })
      const forged = {
        'X-Forwarded-Method': 'GET',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': open.host,
        'X-Forwarded-Uri': '/public/',
      }
      for (const climb of ['/..', '/%2e%2e', '/.%2E', '/x/../..'])
        for (const page of ['/healthz', `${climb}/healthz`, '/caddy', '/traefik', `${climb}/sign-in`])
          for (const headers of [{}, proxy === 'envoy' ? forged : {}])
            assertRefused(await ask(`https://${host}${climb}${page}`, headers), `${climb}${page}`)
    })

    test('no header but the cookie of the host and an access token opens anything (G07)', async () => {
      const { host, cookie, portal, email } = await guestOf(product)
      const value = cookie.slice(GATE.length + 1)
      const session = portal.cookies.get(SESSION) ?? ''
      assert.equal((await ask(`https://${host}/`, { Cookie: cookie })).status, 200)
      const authorizations = [
        `Bearer ${value}`,
        `Bearer ${session}`,
        `Basic ${btoa(`${email}:${PASSWORD}`)}`,
        `Basic ${btoa(`:${value}`)}`,
      ]
      const all: Record<string, string>[] = [
        ...authorizations.flatMap((Authorization) => [{ Authorization }, { 'Proxy-Authorization': Authorization }]),
        { Cookie: `${SESSION}=${session}` },
        { Cookie: `${GATE}=${session}` },
        { Cookie: `${GATE}=${hashToken(value)}` },
        { 'Remote-User': email, 'Remote-Email': email, 'X-Forwarded-User': email, 'X-Auth-Request-Email': email },
        { 'X-Real-IP': '127.0.0.1', 'X-Client-IP': '127.0.0.1', 'CF-Connecting-IP': '127.0.0.1', Via: '1.1 latchkey' },
        { Origin: BASE_URL, Referer: `${BASE_URL}/`, 'Sec-Fetch-Site': 'same-origin' },
        { 'X-Latchkey-Gate': value, [GATE]: value, Token: value, 'X-Api-Key': value },
      ]
      for (const headers of all) assertRefused(await ask(`https://${host}/`, headers), JSON.stringify(headers))
    })

    test('what is no navigation is never redirected: preflight, handshake, form, part of a file (G16)', async () => {
      const { host } = await guestOf(product)
      const socket = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'x',
      }
      const all: [string, string, Record<string, string>][] = [
        [
          'OPTIONS',
          '/',
          { 'Access-Control-Request-Method': 'PUT', Origin: 'https://evil.test', 'Sec-Fetch-Mode': 'cors' },
        ],
        ['GET', '/', { ...socket, 'Sec-Fetch-Mode': 'websocket' }],
        ['GET', '/', { ...socket, Accept: 'text/html' }],
        ['POST', '/', { ...NAVIGATION, 'Content-Type': 'application/x-www-form-urlencoded' }],
        ['HEAD', '/', NAVIGATION],
        ['GET', '/film', { Range: 'bytes=0-1', 'Sec-Fetch-Mode': 'no-cors', Accept: '*/*' }],
        ['GET', `/${'a'.repeat(20_000)}`, { 'Sec-Fetch-Mode': 'cors' }],
        ['PURGE', '/', NAVIGATION],
      ]
      for (const [method, path, headers] of all) {
        const { status, headers: answered, location } = await ask(`https://${host}${path}`, headers, method)
        assert.deepEqual([status, location], [401, null], `${method} ${path.slice(0, 20)}`)
        assert.equal(answered.get('WWW-Authenticate'), 'Bearer')
      }
      const { status } = await ask(`https://${host}/?${'a'.repeat(20_000)}`, NAVIGATION)
      assert.equal(status, proxy === 'nginx' ? 401 : 414)
    })
  })

describe('who the portal would lead to something else first is let in nowhere (G08):', () => {
  const BY = { operatorId: null, reason: 'Asked.', origin: COMMAND_LINE }
  const at = (host: string, cookie: string) => asking(carry, `https://${host}/`, { headers: { Cookie: cookie } })

  test('a sign-in that owes its code', async () => {
    const { host, email } = await guestOf(product, { signs: withTwoFactor })
    const owing = await owingCode(product, email)
    for (const value of [owing.cookies.get(PENDING), owing.cookies.get(SESSION)])
      assertRefused(await at(host, `${GATE}=${value}; ${PENDING}=${value}`), 'owes its code')
  })

  test('a session below what the policy asks, from the moment it holds', async () => {
    const { host, cookie, group } = await guestOf(product)
    const from = new Date(clock.now().getTime() + 60_000)
    await setPolicy(deps, { level: 'required', group, from }, BY)
    assert.equal((await at(host, cookie)).status, 200)
    clock.advance(60_000)
    assertRefused(await at(host, cookie), 'without a second factor')
  })

  for (const method of ['rescue_code', 'delayed_recovery'] as const)
    test(`a session by ${method}, which may only set up`, async () => {
      const { host, cookie, email } = await guestOf(product)
      const { id } = await accountOf(product, email)
      await database.db.update(sessions).set({ method }).where(eq(sessions.accountId, id))
      assertRefused(await at(host, cookie), method)
    })

  test('one that has to make recovery codes', async () => {
    const { host, cookie, email } = await guestOf(product, { signs: withTwoFactor })
    assert.equal((await at(host, cookie)).status, 200)
    const { id } = await accountOf(product, email)
    await database.db.delete(recoveryCodes).where(eq(recoveryCodes.accountId, id))
    assertRefused(await at(host, cookie), 'without recovery codes')
  })
})

test('three hundred unknown names at one address lock nobody else out (G10)', async () => {
  const { host, email, cookie, portal, name } = await guestOf(product)
  const { value } = await appToken(product, portal, name)
  for (let guess = 0; guess < 300; guess++) {
    const Authorization = `Basic ${btoa(`${newEmail()}:lk_${'x'.repeat(38)}`)}`
    assertRefused(await asking(carry, `https://${host}/`, { headers: { Authorization } }), 'a guess')
  }
  const Authorization = `Basic ${btoa(`${email}:${value}`)}`
  for (const headers of [{ Cookie: cookie }, { Authorization }])
    assert.equal((await asking(carry, `https://${host}/`, { headers })).status, 200)
  const { location } = await product.browser().post('/sign-in', { email, password: PASSWORD })
  assert.equal(location, '/')
  assert.ok(await signedUp(product), 'others sign up')
})
