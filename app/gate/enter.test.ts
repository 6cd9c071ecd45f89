import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { gateCodes } from '#db/schema.ts'
import { joining, withApp } from '#testing/gate.ts'
import { BASE_URL, type Browser, codeOf, latchkey, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { nonceFor, takeCode } from './hand-over.ts'

const product = await latchkey()
const { clock, database, deps } = product
const { db } = database
after(product.close)
afterEach(() => assert.deepEqual(product.faults, []))

const anApp = async (wanted: Parameters<typeof withApp>[1] = {}) => {
  const app = await withApp(product, wanted)
  return { ...app, url: (path = '/') => `https://${app.host}${path}` }
}

/** What the check would have sent the browser to. */
function entrance(url: string) {
  const { nonce, nonceHash } = nonceFor(undefined)
  return { nonce, path: `/gate/enter?to=${encodeURIComponent(url)}&n=${nonceHash}` }
}
const FROM_ELSEWHERE = { 'Sec-Fetch-Site': 'cross-site' }
const codesMade = async () => (await db.select().from(gateCodes)).length
const codeIn = (location: string | null) => new URL(location ?? '').searchParams.get('latchkey_code') ?? ''

/** Who is a member of the app's group and signed in. */
async function member(app: Awaited<ReturnType<typeof anApp>>) {
  const person = await signedUp(product)
  await joining(product, person.email, app.group)
  return person
}

describe('the way to an app', () => {
  test('leads through sign-in and the second step, and back with path and query', async () => {
    const app = await anApp()
    const owner = await withTwoFactor(product)
    await joining(product, owner.email, app.group)
    const { path, nonce } = entrance(app.url(`/albums?q=%2F%2Fevil&${'x'.repeat(900)}`))
    const browser = product.browser()
    const step = async (answer: Awaited<ReturnType<Browser['get']>>) => {
      assert.equal(answer.status, 303)
      return answer.location ?? ''
    }
    const signIn = await step(await browser.get(path, FROM_ELSEWHERE))
    assert.equal(signIn, `/sign-in?return_to=${encodeURIComponent(path)}`)
    const return_to = /name="return_to" value="([^"]*)"/.exec((await browser.get(signIn)).html)?.[1]
    assert.equal(return_to?.replaceAll('&amp;', '&'), path)
    const fields = { email: owner.email, password: PASSWORD, return_to: path }
    const secondStep = await step(await browser.post('/sign-in', fields))
    assert.equal(secondStep, `/sign-in/two-factor?return_to=${encodeURIComponent(path)}`)
    const back = await browser.post('/sign-in/two-factor', { code: codeOf(owner.key, clock.now()), return_to: path })
    assert.equal(await step(back), path)

    const onTo = await browser.get(path, { 'Sec-Fetch-Site': 'same-origin' })
    assert.equal(onTo.status, 200, 'a page, because a redirect after our form may not leave our origin')
    const [, url = ''] = /^0; url=(.*)$/.exec(onTo.headers.get('Refresh') ?? '') ?? []
    assert.ok(onTo.html.includes(`href="${url.replaceAll('&', '&amp;')}"`), 'the link leads there too')
    assert.ok(url.startsWith(`${app.url('/albums?q=%2F%2Fevil&')}`), url)
    const code = new URL(url).searchParams.get('latchkey_code') ?? ''
    assert.ok(await takeCode(deps, { code, host: app.host, nonce }), 'the code lets this browser in')
  })

  test('is a redirect for who is signed in already and comes from another site', async () => {
    const app = await anApp()
    const { browser } = await member(app)
    for (const site of ['cross-site', 'same-site', 'none']) {
      const { path, nonce } = entrance(app.url('/a?b=c'))
      const { status, location, headers } = await browser.get(path, { 'Sec-Fetch-Site': site })
      assert.equal(status, 303, site)
      assert.match(location ?? '', /^https:\/\/photos-\d+\.example\.test\/a\?b=c&latchkey_code=[\w-]{43}$/)
      assert.equal(headers.get('Referrer-Policy'), 'no-referrer')
      assert.equal(headers.get('Cache-Control'), 'no-store')
      assert.ok(await takeCode(deps, { code: codeIn(location), host: app.host, nonce }), site)
    }
  })

  test('makes no code for a browser that only looks ahead', async () => {
    const app = await anApp()
    const { browser } = await member(app)
    const { path } = entrance(app.url())
    const before = await codesMade()
    for (const header of ['Sec-Purpose', 'Purpose']) {
      const answer = await browser.get(path, { ...FROM_ELSEWHERE, [header]: 'prefetch;prerender' })
      assert.deepEqual([answer.status, answer.location], [403, null], header)
      assert.ok(answer.html.includes(`href="${path.replace('&', '&amp;')}"`), 'the link asks again')
    }
    const head = await browser.send(path, { method: 'HEAD', headers: FROM_ELSEWHERE })
    assert.deepEqual([head.status, head.location], [403, null])
    assert.equal((await browser.post(path)).status, 405)
    assert.equal(await codesMade(), before)
  })
})

describe('nobody is sent', () => {
  test('to what is no registered host, however it is written [G11]', async () => {
    const app = await anApp()
    const { browser } = await member(app)
    const { host } = app
    const before = await codesMade()
    for (const to of [
      ...[
        'https://evil.example/',
        `https://${host}.evil.example/`,
        `https://evil.example/${host}`,
        'https://192.0.2.1/',
      ],
      ...[`https://evil.example#${host}`, `https://${host}@evil.example/`, `https://evil.example\\@${host}/`],
      ...[`https://x@${host}/`, `http://${host}/`, `//${host}/`, host, `https://${host}`, `https:${host}/`, ''],
      ...[`https://${host}:8443/`, `https://${host}:443/`, `https://${host}./`, `https://${host.toUpperCase()}/`],
      ...[`https://${host}/#x`, `https://${host}/a/../b`, `https://${host}/?latchkey_code=x`, `https:\\\\${host}\\`],
      ...['javascript:alert(1)', 'data:text/html,x', ` https://${host}/`, `https://${host}/\n`, `https://${host}/é`],
      ...[`https://${host}%2eevil.example/`, `${BASE_URL}/`, `https://*.example.test/`],
    ]) {
      const { nonceHash } = nonceFor(undefined)
      for (const from of [{}, FROM_ELSEWHERE]) {
        const answer = await browser.get(`/gate/enter?to=${encodeURIComponent(to)}&n=${nonceHash}`, from)
        assert.ok([400, 403].includes(answer.status), `${JSON.stringify(to)} ${answer.status}`)
        assert.equal(answer.location, null, to)
        assert.equal(answer.headers.get('Refresh'), null, to)
        assert.ok(!/href="(?!\/)/.test(answer.html.replaceAll('href="#main"', '')), `${to} is no link`)
      }
    }
    assert.equal(await codesMade(), before)
  })

  test('without the nonce of their browser, or twice as far as an address may be long', async () => {
    const app = await anApp()
    const { browser } = await member(app)
    const to = encodeURIComponent(app.url())
    for (const query of ['', `?to=${to}`, `?to=${to}&n=`, `?to=${to}&n=abc`, `?n=${nonceFor(undefined).nonceHash}`])
      assert.equal((await browser.get(`/gate/enter${query}`)).status, 400, query)
    const room = 3000 - encodeURIComponent(encodeURIComponent(app.url())).length
    for (const [characters, status] of [
      [room, 303],
      [room + 1, 414],
    ] as const)
      assert.equal(
        (await browser.get(entrance(app.url(`/${'a'.repeat(characters)}`)).path, FROM_ELSEWHERE)).status,
        status,
      )
  })

  test('to an app that is for none of their groups, or no longer', async () => {
    const app = await anApp()
    const { browser } = await signedUp(product)
    const { path } = entrance(app.url())
    const answer = await browser.get(path, FROM_ELSEWHERE)
    assert.deepEqual([answer.status, answer.location], [403, null])
    assert.match(answer.text, /Photos is for groups that you aren't in/)
  })

  test('before they have shown what the app asks for', async () => {
    const app = await anApp({ level: 'second_factor', maxAge: 300 })
    const alone = await member(app)
    const { path } = entrance(app.url('/a?b=c'))
    const owner = await withTwoFactor(product)
    await joining(product, owner.email, app.group)

    const setUp = await alone.browser.get(path, FROM_ELSEWHERE)
    assert.equal(setUp.status, 403)
    assert.ok(setUp.html.includes('href="/settings/two-factor/set-up/confirm"'), 'leads to the set-up')

    clock.advance(301_000)
    const proof = await owner.browser.get(path, FROM_ELSEWHERE)
    assert.equal(proof.location, `/settings/two-factor/fresh-proof?return_to=${encodeURIComponent(path)}`)
    const fields = { code: codeOf(owner.key, clock.now()), return_to: path }
    assert.equal((await owner.browser.post('/settings/two-factor/fresh-proof', fields)).location, path)
    assert.match((await owner.browser.get(path)).headers.get('Refresh') ?? '', /^0; url=https:/)
  })

  test('after so long a time that the app asks for the password again, until they have typed it', async () => {
    const app = await anApp({ maxAge: 300 })
    const { browser } = await member(app)
    clock.advance(300_000)
    assert.equal((await browser.get(entrance(app.url()).path, FROM_ELSEWHERE)).location?.startsWith('https:'), true)
    clock.advance(1)
    const { path } = entrance(app.url())
    const again = `/settings/password/again?return_to=${encodeURIComponent(path)}`
    assert.equal((await browser.get(path, FROM_ELSEWHERE)).location, again)
    const typed = await browser.post('/settings/password/again', { password: PASSWORD, return_to: path })
    assert.equal(typed.location, path)
    assert.match((await browser.get(path)).headers.get('Refresh') ?? '', /^0; url=https:/)
  })

  test('where the check sees them outside of the network in which the portal does, and asks for more', async () => {
    const everywhere = [{ network: '0.0.0.0/0', level: 'password' as const }]
    const near = await anApp({ level: 'second_factor', networks: everywhere })
    const { browser, email } = await member(near)
    const { path } = entrance(near.url())
    const statusOf = async (asked: string) => (await browser.get(path + asked, FROM_ELSEWHERE)).status
    assert.equal(await statusOf('&acr_values=password&max_age=60'), 303)
    assert.equal(await statusOf('&acr_values=second_factor'), 403, 'led to the set-up')
    clock.advance(61_000)
    assert.match((await browser.get(`${path}&acr_values=password&max_age=60`)).location ?? '', /password\/again/)
    assert.equal(await statusOf('&acr_values=public&max_age=999999999999'), 303, 'junk asks for nothing')

    const far = await anApp({ level: 'second_factor' })
    await joining(product, email, far.group)
    assert.equal((await browser.get(`${entrance(far.url()).path}&acr_values=public`, FROM_ELSEWHERE)).status, 403)
  })

  test('where one path of the app asks for more, to that path alone', async () => {
    const app = await anApp({ paths: [{ path: '/admin/', level: 'second_factor', maxAge: null }] })
    const { browser } = await member(app)
    assert.equal((await browser.get(entrance(app.url('/Admin/x')).path, FROM_ELSEWHERE)).status, 403)
    assert.equal((await browser.get(entrance(app.url('/a')).path, FROM_ELSEWHERE)).status, 303)
  })
})
