import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accessTokens } from '#db/schema.ts'
import { GATE, joining } from '#testing/gate.ts'
import { askFor, HANDSHAKE, NAVIGATION, sendRaw, type Way } from '#testing/gate-proxies/client.ts'
import { PREPARE, type ProxyKind } from '#testing/gate-proxies/files.ts'
import { HOSTS, NOTES, PHOTOS } from '#testing/gate-proxies/hosts.ts'
import { type ModelKind, startModel } from '#testing/gate-proxies/models.ts'
import { visitor } from '#testing/gate-proxies/person.ts'
import { startGateProxy } from '#testing/gate-proxies/proxy.ts'
import { FRIENDS, gateWorld, OPEN } from '#testing/gate-proxies/world.ts'
import { BASE_URL, SESSION, withToken, withTwoFactor } from '#testing/index.ts'
import { COMMAND_LINE } from './operators/command-line.ts'
import { suspend } from './operators/suspension.ts'

const world = await gateWorld()
const { product, photos, notes } = world
after(() => world.end())

const person = async (...groups: string[]) => {
  const { browser, email } = await withTwoFactor(product)
  for (const group of groups) await joining(product, email, group)
  return { browser, email, session: browser.cookies.get(SESSION) ?? '' }
}
const ada = await person(FRIENDS)
const stranger = await person()
const token = await withToken(product, ada.browser)
await world.database.db.update(accessTokens).set({ scopes: 'app:photos' }).where(eq(accessTokens.id, token.id))

/** What a visitor says of themselves: names of ours, aliases (G02), and what some proxies believe (G04). */
const FORGED: Record<string, string> = Object.fromEntries(
  [
    ...['Remote-User', 'Remote-Email', 'Remote-Name', 'Remote-Groups', 'REMOTE-USER'],
    ...['Remote_User', 'REMOTE_USER', 'remote_email', 'Remote_Groups', 'Remote.User', 'REMOTE.GROUPS', 'X-Remote-User'],
    ...[
      'X-Forwarded-User',
      'X-Forwarded-Prefix',
      'X-Forwarded-Groups',
      'X_Forwarded_For',
      'X-Rewrite-URL',
      'X-Original-URI',
    ],
  ].map((name) => [name, 'eve']),
)
const MISLEADING: Record<string, string>[] = [
  { 'X-Forwarded-Uri': `${OPEN}x` },
  { 'X-Forwarded-Method': 'OPTIONS' },
  { 'X-Forwarded-Host': HOSTS.notes, 'X-Forwarded-Uri': '/' },
  { 'X-Forwarded-Proto': 'http' },
  { 'X-Forwarded-Port': '80', 'X-Forwarded-Prefix': OPEN },
  { Forwarded: `for=127.0.0.1;host=${HOSTS.photos};proto=https` },
  { 'X-Original-URL': `${PHOTOS}${OPEN}x` },
  { 'X-Original-URL': `${PHOTOS}${OPEN}x`, 'X-Original-Method': 'GET' },
  { 'X-Original-URL': `${PHOTOS}${OPEN}x`, 'X-Forwarded-Uri': `${OPEN}x`, 'X-Rewrite-URL': `${OPEN}x` },
]

/** Nothing has reached either app since the last look. */
function nothingArrived(what: string) {
  assert.deepEqual([...photos.taken(), ...notes.taken()], [], what)
}

for (const kind of ['nginx', 'caddy', 'haproxy', 'traefik', 'envoy'] as const)
  describe(isModel(kind) ? `a model of ${kind} with its file in deploy/` : `${kind} with its files in deploy/`, () => {
    let way: Way
    let stop: () => Promise<void>
    const { authority, behind, folder } = world
    before(async () => {
      const proxy = isModel(kind)
        ? await startModel(kind, { behind, authority })
        : await startGateProxy(kind, { folder, behind, authority })
      way = { port: proxy.port, authority: authority.authority }
      stop = proxy.stop
    })
    after(() => stop())

    const entered = async ({ session }: { session: string }, url = `${PHOTOS}/`) => {
      const browser = visitor(way, session)
      await browser.follows(url)
      photos.taken()
      notes.taken()
      return browser
    }

    test('the first visit leads by the portal to the page first asked for, and the app never sees the code', async () => {
      const url = `${PHOTOS}/albums/7?sort=new&q=%2Fa%20b`
      const browser = visitor(way, ada.session)
      const { status, way: passed } = await browser.follows(url)
      assert.equal(status, 200)
      assert.deepEqual(
        passed.map((one) => one.replace(/\?to=.*|(?<=latchkey_code=).*/, '')),
        [url, `${BASE_URL}/gate/enter`, `${url}&latchkey_code=`, url],
      )
      const [reached, ...more] = photos.taken()
      assert.deepEqual(more, [])
      assert.equal(`${PHOTOS}${reached?.url}`, url)
      assert.equal(reached?.headers['remote-email'], ada.email)
      assert.equal(reached?.headers['remote-groups'], FRIENDS)

      const second = await browser.follows(`${NOTES}/`)
      assert.equal(second.status, 200)
      assert.equal(notes.taken()[0]?.headers['remote-email'], ada.email)
      assert.notEqual(browser.at(HOSTS.notes).get(GATE), browser.at(HOSTS.photos).get(GATE))
    })

    test('nobody who is signed out gets further than the sign-in page', async () => {
      const { status, way: passed } = await visitor(way).follows(`${PHOTOS}/`)
      assert.equal(status, 200)
      assert.match(passed.at(-1) ?? '', new RegExp(`^${BASE_URL}/sign-in\\?`))
      nothingArrived('before the sign-in')
    })

    test('what a visitor says of themselves never reaches the app, however they spell it, signed in, by token and on open paths [G01 G02]', async () => {
      const browser = await entered(ada)
      const ways = {
        session: () => browser.asks(`${PHOTOS}/`, { headers: FORGED }),
        token: () => askFor(way, `${PHOTOS}/`, { headers: { ...FORGED, Authorization: `Bearer ${token.value}` } }),
        'open path': () => askFor(way, `${PHOTOS}${OPEN}x`, { headers: FORGED }),
        'header of the connection': () => browser.asks(`${PHOTOS}/`, { headers: { Connection: 'Remote-User' } }),
      }
      for (const [by, ask] of Object.entries(ways)) {
        assert.equal((await ask()).status, 200, by)
        const [reached] = photos.taken()
        const { 'remote-user': user = '', 'remote-email': email = '' } = reached?.headers ?? {}
        assert.equal(email, by === 'open path' ? '' : ada.email, by)
        assert.equal(user === '', by === 'open path', by)
        assert.doesNotMatch(JSON.stringify(reached?.headers), /eve/, by)
      }
    })

    test('no forged header makes another request of it [G04]', async () => {
      for (const headers of [...MISLEADING, Object.assign({}, ...MISLEADING, FORGED)])
        for (const path of ['/', '/private'])
          for (const navigation of [NAVIGATION, {}]) {
            const { status, location } = await askFor(way, `${PHOTOS}${path}`, {
              headers: { ...navigation, ...headers },
            })
            const what = `${status} ${location} ${JSON.stringify(headers)}`
            assert.ok([302, 400, 401].includes(status), what)
            if (status === 302)
              assert.match(location ?? '', new RegExp(`to=${encodeURIComponent(`${PHOTOS}${path}`)}&`), what)
          }
      nothingArrived('by a forged header')
    })

    test('a host in another spelling has the same rule, or none [G05]', async () => {
      const browser = await entered(ada)
      const cookie = `${GATE}=${browser.at(HOSTS.photos).get(GATE)}`
      for (const host of [
        'PHOTOS.example.TEST',
        'photos.example.test.',
        'photos.example.test:443',
        'photos.example.test.:443',
      ]) {
        const without = await askFor(way, `${PHOTOS}/`, { headers: { ...NAVIGATION, Host: host } })
        assert.ok([302, 403, 404, 421].includes(without.status), `${without.status} at ${host}`)
        nothingArrived(host)
        const { status } = await askFor(way, `${PHOTOS}/`, { headers: { Host: host, Cookie: cookie } })
        assert.ok([200, 403, 404, 421].includes(status), `${status} at ${host}`)
        assert.deepEqual(
          photos.taken().map(({ headers }) => headers['remote-email']),
          status === 200 ? [ada.email] : [],
          host,
        )
      }
      for (const host of ['eve.example.test', 'example.test', 'photos.example.test@eve.example', '127.0.0.1', 'photos'])
        assert.ok(
          [302, 400, 403, 404, 421].includes(
            (await askFor(way, `${PHOTOS}${OPEN}x`, { headers: { Host: host } })).status,
          ),
          host,
        )
      nothingArrived('at another host')
      const twice = `GET ${NOTES}/ HTTP/1.1\r\nHost: ${HOSTS.photos}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`
      assert.notEqual(await sendRaw(way, HOSTS.photos, twice), 200)
      assert.deepEqual(notes.taken(), [], 'the cookie of one host at another')
    })

    test('no spelling of a path is taken for an open one [G06]', async () => {
      assert.equal((await askFor(way, `${PHOTOS}${OPEN}x`)).status, 200)
      photos.taken()
      for (const path of [
        ...[
          '/open/../private',
          '/open/%2e%2e/private',
          '/open/..%2fprivate',
          '/open/..;/private',
          '/open/.%2e/private',
        ],
        ...[
          '//open/x',
          '/open//x',
          '/Open/x',
          '/open%2fx',
          '/open;x/',
          '/open/%252e%252e/private',
          '/x?/open/',
          '/%6fpen/x',
        ],
        ...['/private?latchkey_code=x', '/private/#/open/', '/private\\..\\open\\'],
      ]) {
        const { status } = await askFor(way, `${PHOTOS}${path}`)
        assert.ok([400, 401, 403].includes(status), `${status} for ${path}`)
        nothingArrived(path)
      }
    })

    test('what no person asks for is refused with 401, and never sent anywhere [G16]', async () => {
      const refused = async (what: string, sent: Parameters<typeof askFor>[2], url = `${PHOTOS}/x`) => {
        const { status, headers } = await askFor(way, url, sent)
        assert.deepEqual([what, status, headers['www-authenticate']], [what, 401, 'Bearer'])
        assert.match(`${headers['latchkey-location']}`, new RegExp(`^${BASE_URL}/gate/enter\\?to=`), what)
      }
      const preflight = { Origin: 'https://eve.example', 'Access-Control-Request-Method': 'POST' }
      await refused('a preflight', { method: 'OPTIONS', headers: preflight })
      await refused('a handshake', { headers: HANDSHAKE })
      await refused('a script', { headers: { 'Sec-Fetch-Mode': 'cors', Accept: 'application/json' } })
      await refused('a post', { method: 'POST', body: 'a=1', headers: { ...NAVIGATION, 'Content-Type': 'text/plain' } })
      await refused('a large post', { method: 'PUT', body: 'a'.repeat(500_000) })
      await refused('a part', { headers: { Range: 'bytes=0-1' } })
      for (const length of [4_000, 20_000]) {
        const { status } = await askFor(way, `${PHOTOS}/${'x'.repeat(length)}`, { headers: NAVIGATION })
        assert.ok([401, 414, 431].includes(status), `${status} for ${length} characters`)
      }
      nothingArrived('without a session')
    })

    test('a post and a WebSocket of somebody signed in arrive whole, and no other change of the protocol does', async () => {
      const browser = await entered(ada)
      assert.equal((await browser.asks(`${PHOTOS}/new`, { method: 'POST', body: 'a=1&b=2' })).status, 200)
      assert.deepEqual(
        photos.taken().map(({ method, body }) => [method, body]),
        [['POST', 'a=1&b=2']],
      )
      assert.equal((await browser.asks(`${PHOTOS}/live`, { headers: HANDSHAKE })).status, 101)
      assert.deepEqual(
        photos.taken().map(({ upgraded, headers }) => [upgraded, headers['remote-email']]),
        [[true, ada.email]],
      )
      if (isModel(kind)) return
      const h2c = {
        Connection: 'Upgrade, HTTP2-Settings',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA',
      }
      await browser.asks(`${PHOTOS}/live`, { headers: h2c })
      assert.deepEqual(
        photos.taken().map(({ upgraded, headers }) => [upgraded, headers.upgrade]),
        [[false, undefined]],
      )
    })

    test("an access token opens its app, and isn't passed on to it; what the app itself asks for is", async () => {
      const basic = `Basic ${Buffer.from(`ada:${token.value}`).toString('base64')}`
      for (const Authorization of [`Bearer ${token.value}`, basic]) {
        assert.equal((await askFor(way, `${PHOTOS}/`, { headers: { Authorization } })).status, 200)
        const [reached] = photos.taken()
        assert.equal(reached?.headers['remote-email'], ada.email)
        assert.equal(reached?.headers.authorization ?? '', '')
      }
      if (kind !== 'traefik') {
        const both = { 'Proxy-Authorization': `Bearer ${token.value}`, Authorization: 'Bearer of-the-app' }
        assert.equal((await askFor(way, `${PHOTOS}/`, { headers: both })).status, 200)
        const [reached] = photos.taken()
        assert.equal(reached?.headers.authorization, 'Bearer of-the-app')
        assert.ok(!JSON.stringify(reached?.headers).includes(token.value), 'the token')
      }
      assert.equal((await askFor(way, `${NOTES}/`, { headers: { Authorization: basic } })).status, 403)
      const browser = await entered(ada)
      await browser.asks(`${PHOTOS}/`, { headers: { Authorization: 'Basic b3duOm93bg==' } })
      assert.deepEqual(
        photos.taken().map(({ headers }) => headers.authorization),
        ['Basic b3duOm93bg=='],
      )
      await browser.asks(`${PHOTOS}/`)
      assert.deepEqual(
        photos.taken().map(({ headers }) => headers.authorization),
        [undefined],
      )
    })

    test('who is in none of its groups gets a page that says so, and no app', async () => {
      const { status, headers } = await visitor(way, stranger.session).follows(`${PHOTOS}/`)
      assert.equal(status, 403)
      assert.match(`${headers['content-type']}`, /^text\//)
      nothingArrived('without the group')
    })

    test('signing out and suspension are felt by the next request', async () => {
      const leaving = await person(FRIENDS)
      const browser = await entered(leaving)
      assert.equal((await browser.asks(`${PHOTOS}/`)).status, 200)
      photos.taken()
      await leaving.browser.post('/sign-out')
      assert.equal((await browser.asks(`${PHOTOS}/`)).status, 401)
      nothingArrived('after the sign-out')

      const other = await person(FRIENDS)
      const theirs = await entered(other)
      assert.equal((await theirs.asks(`${PHOTOS}/`)).status, 200)
      photos.taken()
      const by = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }
      assert.equal((await suspend(product.deps, other.email, by)).ok, true)
      assert.equal((await theirs.asks(`${PHOTOS}/`)).status, 401)
      nothingArrived('after the suspension')
    })

    test('every protected host has the way to the sign-out page of the portal', async () => {
      const browser = await entered(ada)
      const { status, location } = await browser.opens(`${PHOTOS}/.latchkey/sign-out`)
      assert.deepEqual([status, location], [302, `${BASE_URL}/gate/sign-out?from=${HOSTS.photos}`])
      nothingArrived('the way out')
    })

    if (!isModel(kind))
      test("the addresses of the checks aren't there for the world, under any spelling", async () => {
        const asked = { 'X-Original-URL': `${PHOTOS}/`, 'X-Original-Method': 'GET' }
        for (const name of ['nginx', 'caddy', 'traefik', 'haproxy', 'envoy', 'envoy/x'])
          for (const path of [
            `/gate/${name}`,
            `/gate/${name}?x=1`,
            `//gate/${name}`,
            `/x/../gate/${name}`,
            `/g%61te/${name}`,
            `/gate/./${name}`,
          ])
            assert.equal((await askFor(way, `${BASE_URL}${path}`, { headers: asked })).status, 404, path)
      })
  })

function isModel(kind: ProxyKind | ModelKind): kind is ModelKind {
  return !(kind in PREPARE)
}
