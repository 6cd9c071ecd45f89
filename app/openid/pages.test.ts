import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import * as oidc from 'openid-client'
import { type Browser, withTwoFactor } from '#testing/index.ts'
import { addClient, asking, discovered, followed, mayUseClients, openidSite, redeem } from '#testing/openid.ts'
import { faultsOfForms } from '#testing/plain-forms.ts'

const site = await openidSite()
afterEach(() => assert.deepEqual(site.faults.splice(0), []))
after(site.close)

async function person() {
  const of = await withTwoFactor(site)
  await mayUseClients(site, of.email)
  return of
}

/** What a page's forms send by their hidden fields, and where to. */
const formsOf = (html: string) =>
  [...html.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = '', inside = '']) => ({
      action,
      fields: Object.fromEntries(
        [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
          name,
          value,
        ]),
      ) as Record<string, string>,
      text: inside.replace(/<[^>]*>/g, ' ').trim(),
    }),
  )
async function press(browser: Browser, html: string, button: RegExp, more: Record<string, string> = {}) {
  assert.deepEqual(faultsOfForms(html), [])
  const form = formsOf(html).find(({ text }) => button.test(text))
  assert.ok(form, `a button ${button}`)
  return browser.post(form.action, { ...form.fields, ...more })
}
const refresh = (answer: { headers: Headers }) => /url=(.+)$/.exec(answer.headers.get('Refresh') ?? '')?.[1] ?? ''

describe('consent', () => {
  const third = () => addClient(site, { isThirdParty: 1 })

  test('a third-party app is opened once its person has allowed what it asks for, and is not asked again', async () => {
    const client = await third()
    const config = await discovered(site, client)
    const { browser, email } = await person()
    const asked = await asking(config, client)
    const page = (await followed(browser, asked.url)).answer
    assert.match(page.text, /would like to know/)
    assert.match(page.text, /your email address/)
    const allowed = await press(browser, page.html, /Allow/)
    const { at } = await followed(browser, new URL(refresh(allowed), asked.url))
    const tokens = await redeem(config, asked, at)
    assert.equal(tokens.claims()?.email, email)
    assert.equal(
      (await followed(browser, (await asking(config, client)).url)).at.origin,
      new URL(client.redirect).origin,
    )
  })

  test('Cancel tells a third-party app that access is denied', async () => {
    const client = await third()
    const config = await discovered(site, client)
    const { browser } = await person()
    const asked = await asking(config, client)
    const page = (await followed(browser, asked.url)).answer
    const cancelled = await press(browser, page.html, /Cancel/)
    const { at } = await followed(browser, new URL(refresh(cancelled), asked.url))
    assert.equal(at.searchParams.get('error'), 'access_denied')
    assert.equal(at.searchParams.get('state'), asked.state)
  })

  test('prompt=consent asks again at a third-party app, and never at a first-party one', async () => {
    const { browser } = await person()
    for (const [client, asks] of [
      [await third(), true],
      [await addClient(site), false],
    ] as const) {
      const config = await discovered(site, client)
      const first = (await followed(browser, (await asking(config, client)).url)).answer
      if (asks) await followed(browser, new URL(refresh(await press(browser, first.html, /Allow/)), 'http://x'))
      const again = await followed(browser, (await asking(config, client, { prompt: 'consent' })).url)
      if (asks) assert.match(again.answer.text, /would like to know/)
      else assert.ok(again.at.searchParams.get('code'), again.at.href)
    }
  })
})

describe('sign-out that an app asks for', () => {
  async function signedIn() {
    const client = await addClient(site, {}, { signedOut: ['https://app.example.net/bye'] })
    const config = await discovered(site, client)
    const { browser } = await person()
    const asked = await asking(config, client)
    const tokens = await redeem(config, asked, (await followed(browser, asked.url)).at)
    return { client, browser, config, hint: tokens.id_token ?? '' }
  }
  const OUT = '/oauth/sign-out'
  const BACK = encodeURIComponent('https://app.example.net/bye')

  test('asks, with a hint and without, and changes nothing by being opened (O10)', async () => {
    const { browser, hint } = await signedIn()
    for (const query of ['', `?id_token_hint=${hint}&post_logout_redirect_uri=${BACK}`]) {
      const page = await browser.get(`${OUT}${query}`)
      assert.equal(page.status, 200)
      assert.match(page.text, /Stay signed in/)
      assert.equal((await browser.get('/')).status, 200)
    }
  })

  test('ends the session of the portal, takes the cookie away and leads back to the app', async () => {
    const { browser, hint } = await signedIn()
    const page = await browser.get(`${OUT}?id_token_hint=${hint}&post_logout_redirect_uri=${BACK}&state=s1`)
    const answer = await press(browser, page.html, /Sign out/)
    assert.equal(answer.status, 200)
    assert.equal(refresh(answer), 'https://app.example.net/bye?state=s1')
    assert.equal(answer.headers.get('Clear-Site-Data'), '"cache"')
    assert.match(answer.headers.getSetCookie().join('\n'), /latchkey=;/)
    assert.match((await browser.get('/')).location ?? '', /^\/sign-in/)
  })

  test('who stays signed in goes back to the app, and keeps the session of the portal', async () => {
    const { browser, hint } = await signedIn()
    const page = await browser.get(`${OUT}?id_token_hint=${hint}&post_logout_redirect_uri=${BACK}`)
    assert.equal(refresh(await press(browser, page.html, /Stay signed in/)), 'https://app.example.net/bye')
    assert.equal((await browser.get('/')).status, 200)
  })

  test('who is not signed in is led on without a question, and only to an address of the app', async () => {
    const { client, hint } = await signedIn()
    const other = site.browser()
    const answer = await other.get(`${OUT}?id_token_hint=${hint}&post_logout_redirect_uri=${BACK}&state=s2`)
    assert.equal(answer.location, 'https://app.example.net/bye?state=s2')
    const wrong = await other.get(
      `${OUT}?client_id=${client.name}&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F`,
      { Accept: 'text/html' },
    )
    assert.equal(wrong.status, 400)
    assert.equal(wrong.location, null)
    assert.match(wrong.text, /can't be answered/)
  })

  test('a form that another page invents signs nobody out', async () => {
    const { browser } = await signedIn()
    await browser.get(OUT)
    assert.equal((await browser.post(`${OUT}/confirm`, { xsrf: 'x', logout: 'yes' })).status, 400)
    assert.equal((await browser.get('/')).status, 200)
  })
})

describe('response_mode=form_post', () => {
  test('leads on by a button, which the policy of the page lets out to the app alone', async () => {
    const client = await addClient(site)
    const config = await discovered(site, client)
    const { browser } = await person()
    const { answer } = await followed(browser, (await asking(config, client, { response_mode: 'form_post' })).url)
    const policy = answer.headers.get('Content-Security-Policy') ?? ''
    assert.match(policy, new RegExp(`form-action 'self' ${new URL(client.redirect).origin}(;|$)`))
    assert.match(policy, /script-src 'self' 'sha256-/)
    const [form] = formsOf(answer.html)
    assert.equal(form?.action, client.redirect)
    assert.ok(form?.fields.code)
    assert.match(answer.html, /<h1>/)
    assert.match(answer.html, /document\.forms\[0\]\.submit/)
  })
})

describe('an error', () => {
  test('with an address that was never checked is a page, in words, and leads nowhere (O05)', async () => {
    const client = await addClient(site)
    const { url } = await asking(await discovered(site, client), { redirect: 'https://evil.example/<b>' })
    const answer = await site.browser().get(`${url.pathname}${url.search}`, { Accept: 'text/html' })
    assert.equal(answer.status, 400)
    assert.equal(answer.location, null)
    assert.match(answer.text, /can't be answered/)
    assert.doesNotMatch(answer.html, /<b>/)
  })
})

describe('a device', () => {
  async function device(of: Parameters<typeof addClient>[1] = {}) {
    const client = await addClient(site, { usesDeviceFlow: 1, ...of })
    const config = await discovered(site, client)
    const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email' })
    return { client, config, begun, title: `The ${client.name}` }
  }
  const DEVICE = '/oauth/device'
  const typed = async (browser: Browser, code: string) =>
    press(browser, (await browser.get(DEVICE)).html, /Continue/, { user_code: code })
  const poll = (config: oidc.Configuration, begun: oidc.DeviceAuthorizationResponse) =>
    oidc.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: begun.device_code })

  test('is connected by whoever typed its code and saw who asks', async () => {
    const { config, begun, title } = await device()
    const { browser, email } = await person()
    const page = await typed(browser, begun.user_code)
    assert.ok(page.text.includes(title))
    assert.ok(page.text.includes(begun.user_code))
    assert.match(page.text, /Address 127\.0\.0\.1/)
    const done = await press(browser, page.html, /Connect$/)
    const last =
      done.status === 303
        ? (await followed(browser, new URL(done.location ?? '', 'http://localhost:3000'))).answer
        : done
    assert.match(last.text, /is connected/)
    const tokens = await poll(config, { ...begun, interval: 0 })
    assert.equal(tokens.claims()?.email, email)
  })

  test('is not connected by a link, however often it is opened (O09)', async () => {
    const { config, begun } = await device()
    const { browser } = await person()
    for (let time = 0; time < 2; time++) {
      const page = await browser.get(`${DEVICE}?user_code=${begun.user_code}`)
      assert.equal(page.status, 200)
      assert.ok(page.html.includes(`value="${begun.user_code}"`))
      assert.doesNotMatch(page.html, /<script>/)
    }
    await assert.rejects(poll(config, begun))
  })

  test('whose code somebody has looked at is nobody else’s (O09)', async () => {
    const { begun } = await device()
    const [first, second] = [await person(), await person()]
    const page = await typed(first.browser, begun.user_code)
    const refused = await typed(second.browser, begun.user_code)
    assert.match(refused.text, /don't know that code/)
    const done = await press(first.browser, page.html, /Connect$/)
    assert.notEqual(done.status, 422)
  })

  test('whose code two look at in the same moment is of one of them, and the other never learns who asks (O09)', async (t) => {
    const people = [await person(), await person()]
    const { config, begun, title } = await device()
    let bothRead = () => {}
    const both = new Promise<void>((resolve) => {
      bothRead = resolve
    })
    let looking = 0
    const { recordByUid: find } = site.deps.openid
    t.mock.method(site.deps.openid, 'recordByUid', async (uidHash: string) => {
      const found = await find(uidHash)
      if (++looking === people.length) bothRead()
      await both // so that both have read it before either goes on
      return found
    })
    const pages = await Promise.all(people.map(({ browser }) => typed(browser, begun.user_code)))
    const isShown = pages.map(({ text }) => text.includes(title))
    assert.deepEqual(isShown.toSorted(), [false, true])
    assert.match(pages[isShown.indexOf(false)]?.text ?? '', /don't know that code/)
    const [winner, page] = isShown[0] ? [people[0], pages[0]] : [people[1], pages[1]]
    assert.ok(winner && page, 'one of them sees the device')
    await press(winner.browser, page.html, /Connect$/)
    assert.equal((await poll(config, begun)).claims()?.email, winner.email)
  })

  test('hears that its person has cancelled', async () => {
    const { config, begun } = await device()
    const { browser } = await person()
    const page = await typed(browser, begun.user_code)
    assert.match((await press(browser, page.html, /Cancel/)).text, /was not connected/)
    await assert.rejects(poll(config, begun), /access_denied|server responded/)
  })

  test('asks who is there first, and its code is kept meanwhile', async () => {
    const { begun } = await device()
    const answer = await site.browser().get(`${DEVICE}?user_code=${begun.user_code}`)
    assert.equal(answer.location, `/sign-in?return_to=${encodeURIComponent(`${DEVICE}?user_code=${begun.user_code}`)}`)
  })

  test('with a code that nobody knows, or none, is refused beside the field', async () => {
    await device()
    const { browser } = await person()
    for (const code of ['', 'BBBB-BBBB', '<b>']) {
      const page = await typed(browser, code)
      assert.match(page.html, /aria-invalid="true"/)
      assert.doesNotMatch(page.html, /value="<b>/)
    }
  })
})

test('a request by POST goes on as one by GET, and a body without end is read no further than others are (A56)', async () => {
  const client = await addClient(site)
  const form = new URLSearchParams({ client_id: client.name, response_type: 'code' }).toString()
  const asked = await site.browser().post('/oauth/authorize', form)
  assert.deepEqual([asked.status, asked.location], [303, `/oauth/authorize?${form}`])
  const sent = (length: number) => site.browser().post('/oauth/authorize', `state=${'x'.repeat(length)}`)
  assert.equal((await sent(10_000)).status, 414)
  assert.equal((await sent(100_000)).status, 413)
})
