import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { gateCodes, gateSessions } from '#db/schema.ts'
import {
  type AppBrowser,
  appBrowser,
  asking,
  BEHIND_PROXY,
  codeFor,
  GATE,
  GATE_NONCE,
  guestOf,
  joining,
  NAVIGATION,
  withApp,
} from '#testing/gate.ts'
import { latchkey, signedUp } from '#testing/index.ts'
import { CODE } from './hand-over.ts'

const product = await latchkey(BEHIND_PROXY)
const { carry, clock, database } = product
after(product.close)
afterEach(() => assert.deepEqual(product.faults.splice(0), []))

/** Somebody on the way back from the portal: their browser at the app, and the URL with the code. */
async function onTheWay() {
  const person = await signedUp(product)
  const app = await withApp(product)
  await joining(product, person.email, app.group)
  const { host } = app
  const browser = appBrowser(product)
  const { location } = await browser.asks(`https://${host}/albums?page=2`)
  const url = await codeFor(product, person.browser, location)
  return { ...app, portal: person.browser, email: person.email, browser, url }
}

const isIn = async (browser: AppBrowser, host: string) => (await browser.asks(`https://${host}/`)).status === 200
const codesLeft = async () => (await database.db.select().from(gateCodes)).length
const codeOf = (url: string) => new URL(url).searchParams.get(CODE) ?? ''

describe('a code from the portal (G14)', () => {
  /** The code is shown so, nobody is in by it, and then the browser it was made for can no longer use it. */
  async function assertSpent(way: Awaited<ReturnType<typeof onTheWay>>, shown: Awaited<ReturnType<typeof asking>>) {
    assert.ok([302, 401, 403].includes(shown.status), `${shown.status}`)
    assert.ok(!shown.headers.getSetCookie().some((line) => line.startsWith(`${GATE}=`)), 'no session')
    assert.ok(!shown.location?.includes(CODE), 'the code is gone from the URL')
    assert.equal(await codesLeft(), 0)
    const late = await way.browser.asks(way.url)
    assert.ok(!late.headers.getSetCookie().some((line) => line.startsWith(`${GATE}=`)), 'no session later')
    assert.equal(await isIn(way.browser, way.host), false)
  }

  test('lets in once, the browser that it was made for', async () => {
    const way = await onTheWay()
    const { location } = await way.browser.asks(way.url)
    assert.equal(location, `https://${way.host}/albums?page=2`)
    assert.equal(await isIn(way.browser, way.host), true)
    const other = appBrowser(product)
    for (const [name, value] of way.browser.cookiesAt(way.host)) other.cookiesAt(way.host).set(name, value)
    other.cookiesAt(way.host).delete(GATE)
    const again = await other.asks(way.url)
    assert.deepEqual([again.status, await isIn(other, way.host)], [302, false])
  })

  test('lets nobody in twice, of twenty at once', async () => {
    const way = await onTheWay()
    const answers = await Promise.all(Array.from({ length: 20 }, () => way.browser.asks(way.url)))
    const tokens = answers.flatMap(({ headers }) =>
      headers.getSetCookie().filter((line) => line.startsWith(`${GATE}=`)),
    )
    assert.equal(tokens.length, 1)
    const rows = await database.db.select().from(gateSessions).where(eq(gateSessions.host, way.host))
    assert.equal(rows.length, 1)
  })

  test('is spent and lets nobody in at another browser, which has a nonce of its own', async () => {
    const way = await onTheWay()
    const thief = appBrowser(product)
    await thief.asks(`https://${way.host}/`)
    await assertSpent(way, await thief.asks(way.url))
    assert.equal(await isIn(thief, way.host), false)
  })

  test('is spent at a browser that keeps no cookies, which is told so and not sent round', async () => {
    const way = await onTheWay()
    const answer = await asking(carry, way.url, { headers: NAVIGATION })
    assert.deepEqual([answer.status, answer.location], [403, null])
    await assertSpent(way, answer)
  })

  test('is spent at another host, even with the nonce', async () => {
    const way = await onTheWay()
    const other = await withApp(product)
    await joining(product, way.email, other.group)
    const Cookie = `${GATE_NONCE}=${way.browser.cookiesAt(way.host).get(GATE_NONCE)}`
    const url = `https://${other.host}/?${CODE}=${codeOf(way.url)}`
    await assertSpent(way, await asking(carry, url, { headers: { ...NAVIGATION, Cookie } }))
  })

  for (const method of ['POST', 'HEAD', 'OPTIONS', 'PUT'])
    test(`is spent by ${method}`, async () => {
      const way = await onTheWay()
      await assertSpent(way, await way.browser.asks(way.url, { method }))
    })

  const hints: Record<string, string>[] = [
    { 'Sec-Purpose': 'prefetch;prerender' },
    { Purpose: 'prefetch' },
    { Referer: 'https://evil.test/' },
    { 'Sec-Fetch-Mode': 'no-cors' },
    { 'Sec-Fetch-Mode': 'cors' },
  ]
  for (const headers of hints)
    test(`is spent by a request with ${JSON.stringify(headers)}`, async () => {
      const way = await onTheWay()
      await assertSpent(way, await way.browser.asks(way.url, { headers }))
    })

  test('is spent where the URL has another code', async () => {
    const way = await onTheWay()
    await assertSpent(way, await way.browser.asks(`${way.url}&latchkey%5Fcode=x`))
  })

  test('opens nothing after sign-out', async () => {
    const way = await onTheWay()
    await way.portal.post('/sign-out')
    await assertSpent(way, await way.browser.asks(way.url))
  })

  test('opens nothing after 60 seconds', async () => {
    const [late, inTime] = [await onTheWay(), await onTheWay()]
    clock.advance(59_999)
    await inTime.browser.asks(inTime.url)
    assert.equal(await isIn(inTime.browser, inTime.host), true)
    clock.advance(1)
    await assertSpent(late, await late.browser.asks(late.url))
  })

  test('never reaches the app: who is in already is sent to the URL without it', async () => {
    const { host, browser } = await guestOf(product)
    const answer = await browser.asks(`https://${host}/a?x=%41&${CODE}=${'a'.repeat(43)}&y`)
    assert.deepEqual([answer.status, answer.location], [302, `https://${host}/a?x=%41&y`])
  })

  test('comes with nothing that tells the token or the nonce: only the hash of the nonce travels', async () => {
    const way = await onTheWay()
    const nonce = way.browser.cookiesAt(way.host).get(GATE_NONCE) ?? 'none'
    assert.ok(!way.url.includes(nonce), 'no nonce in the URL')
    await way.browser.asks(way.url)
    const rows = JSON.stringify(await database.db.select().from(gateSessions))
    assert.ok(!rows.includes(way.browser.cookiesAt(way.host).get(GATE) ?? 'none'), 'no token in the database')
  })
})

describe('the cookie of a host (G15)', () => {
  const withCookie = async (host: string, Cookie: string) =>
    (await asking(carry, `https://${host}/`, { headers: { Cookie } })).status

  test('opens that host alone, not even another host of the same app', async () => {
    const { host, cookie, group, email } = await guestOf(product)
    const app = await withApp(product, { name: 'notes', hosts: ['notes.example.org', 'notes.example.test'] })
    await joining(product, email, app.group)
    assert.equal(await withCookie(host, cookie), 200)
    for (const other of [(await withApp(product, { groups: [group] })).host, ...app.hosts])
      assert.equal(await withCookie(other, cookie), 401)
  })

  test('counts as absent where there are two, wherever the second stands', async () => {
    const { host, cookie } = await guestOf(product)
    const second = `${GATE}=${'0'.repeat(32)}`
    for (const two of [
      `${cookie}; ${second}`,
      `${second}; ${cookie}`,
      `${cookie};${cookie}`,
      `${cookie}; x=y;  ${GATE} =`,
    ])
      assert.equal(await withCookie(host, two), 401, two)
    assert.equal(await withCookie(host, `${GATE}-pre=x; a=b; ${cookie} ;c`), 200)
  })

  test('counts as absent without its prefix, or under a name like it', async () => {
    const { host, cookie } = await guestOf(product)
    const value = cookie.slice(GATE.length + 1)
    for (const name of [
      'latchkey-gate',
      '__Secure-latchkey-gate',
      `${GATE}x`,
      `x${GATE}`,
      GATE.toLowerCase(),
      GATE_NONCE,
    ])
      assert.equal(await withCookie(host, `${name}=${value}`), 401, name)
  })

  test('is no session of the portal', async () => {
    const { browser, host } = await guestOf(product)
    const value = browser.cookiesAt(host).get(GATE) ?? ''
    const visitor = product.browser()
    for (const name of ['__Host-latchkey', GATE]) visitor.cookies.set(name, value)
    assert.equal((await visitor.get('/settings/account')).location, '/sign-in?return_to=%2Fsettings%2Faccount')
    assert.equal((await visitor.get('/api/v1/account', { Authorization: `Bearer ${value}` })).status, 401)
  })
})

test('fifty people come in at once, and each is let in as themselves (G09)', async () => {
  const app = await withApp(product)
  const people = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const person = await signedUp(product)
      await joining(product, person.email, app.group)
      return person
    }),
  )
  await Promise.all(
    people.map(async ({ browser: portal, email }) => {
      const browser = appBrowser(product)
      const { location } = await browser.asks(`https://${app.host}/`)
      await browser.asks(await codeFor(product, portal, location))
      for (let visit = 0; visit < 3; visit++) {
        const { status, headers } = await browser.asks(`https://${app.host}/`)
        assert.deepEqual([status, headers.get('Remote-Email')], [200, email])
      }
    }),
  )
})
