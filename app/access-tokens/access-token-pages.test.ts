import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import {
  type Browser,
  latchkey,
  PASSWORD,
  readAccessToken,
  signedUp,
  TOKENS_PAGE,
  tokenFields,
  tokenIds,
  withToken,
} from '#testing/index.ts'
import { tokenHolder } from './access-tokens.ts'
import { ALL_SCOPES } from './scopes.ts'

const product = await latchkey()
const { clock, deps } = product
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

const GENERATE = `${TOKENS_PAGE}/generate`
const DAY = 24 * 60 * 60_000
const dayFromNow = (days: number) => new Date(clock.now().getTime() + days * DAY).toISOString().slice(0, 10)
const SCRIPT = { address: '198.51.100.7', browser: 'curl', system: null }
const holder = (value: string) => tokenHolder(deps, value, SCRIPT, deps.accessTokens.findToken)

/** The fields of the form that posts to `action`, as a browser would send them untouched. */
function fieldsOf(html: string, action: string): Record<string, string> {
  const [, form = ''] = new RegExp(`<form method="post" action="${action}"[^>]*>(.*?)</form>`, 's').exec(html) ?? []
  const fields: Record<string, string> = {}
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1]
    const name = attribute('name')
    if (!name || (attribute('type') === 'checkbox' && !/ checked/.test(input))) continue
    fields[name] = (attribute('value') ?? '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  }
  return fields
}

describe('the list', () => {
  test('is empty at first, and says what to do', async () => {
    const { browser } = await signedUp(product)
    const page = await browser.get(TOKENS_PAGE)
    assert.match(page.html, /<h1>Access Tokens<\/h1>/)
    assert.match(page.text, /You have no access tokens yet\. Generate one/)
    assert.doesNotMatch(page.html, />\s*Remove\s*</)
  })

  test('shows description, hint, scopes, when it was made, last used and ends, newest first', async () => {
    const { browser } = await signedUp(product)
    const first = await withToken(product, browser, { description: 'first', expires_at: dayFromNow(6) })
    clock.advance(1000)
    const second = await withToken(product, browser, { description: 'second', 'scope-events-read': 'yes' })
    await holder(first.value)
    const page = await browser.get(TOKENS_PAGE)
    assert.deepEqual(tokenIds(page.html), [second.id, first.id])
    for (const { value } of [first, second]) assert.ok(page.text.includes(`lk_…${value.slice(-4)}`))
    assert.match(page.text, /second .*account:read, events:read .*Last used: Never .*Expires: \d+ \w+ 2026 in 90\sdays/)
    assert.match(page.text, /first .*Last used: 1 Mar 2026, 12:00 UTC curl, 198\.51\.100\.7 .*in six\sdays/)
  })

  test('says of a token that is over that it is', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser, { expires_at: dayFromNow(0) })
    assert.match((await browser.get(TOKENS_PAGE)).text, /within\sa\sday/)
    clock.advance(DAY)
    await browser.post('/sign-in', { email, password: PASSWORD })
    assert.match((await browser.get(TOKENS_PAGE)).text, /expired/)
  })

  test('is one of the tabs of Settings, and its events are told in words', async () => {
    const { browser } = await signedUp(product)
    const { id } = await withToken(product, browser)
    await browser.post(`${TOKENS_PAGE}/remove`, { ids: id, password: PASSWORD })
    const { html, text } = await browser.get('/settings/activity')
    assert.match(html, /<a href="\/settings\/tokens">Access Tokens<\/a>/)
    for (const words of ['Access token generated', 'Access token removed']) assert.ok(text.includes(words))
  })
})

describe('Generate', () => {
  test('with scripts off: form, password, value, Done', async () => {
    const { browser } = await signedUp(product)
    const stepOne = await browser.get(GENERATE)
    const untouched = fieldsOf(stepOne.html, GENERATE)
    assert.deepEqual(untouched, { description: '', expires_at: dayFromNow(90) })
    assert.ok(stepOne.html.includes(`max="${dayFromNow(366)}"`))
    const chosen = { ...untouched, description: 'A “quoted” & <b>bold</b> name', 'scope-sessions-write': 'yes' }
    const stepTwo = await browser.post(GENERATE, chosen)
    assert.equal(stepTwo.status, 200)
    assert.ok(!stepTwo.html.includes('<b>bold'))
    const { password, ...carried } = fieldsOf(stepTwo.html, `${GENERATE}/confirm`)
    assert.equal(password, '')
    assert.deepEqual(
      Object.keys(carried).sort(),
      ['description', 'expires_at', 'scope-sessions-write'],
      'what was chosen comes along',
    )
    const made = await browser.post(`${GENERATE}/confirm`, {
      ...chosen,
      ...carried,
      description: chosen.description,
      password: PASSWORD,
    })
    assert.equal(made.location, `${TOKENS_PAGE}/value`)
    const page = await browser.get(`${TOKENS_PAGE}/value`)
    const value = readAccessToken(page.html)
    assert.equal((await holder(value))?.token.scopes, 'sessions:write')
    const done = { ...fieldsOf(page.html, `${TOKENS_PAGE}/value`), saved: 'yes' }
    assert.deepEqual(done, { value, saved: 'yes' })
    assert.equal((await browser.post(`${TOKENS_PAGE}/value`, done)).location, TOKENS_PAGE)
    assert.equal(tokenIds((await browser.get(TOKENS_PAGE)).html).length, 1)
  })

  test('says all that is wrong at once, beside the fields, and loses nothing that was typed', async () => {
    const { browser } = await signedUp(product)
    const page = await browser.post(GENERATE, { description: ' ', expires_at: '2020-01-01' })
    assert.equal(page.status, 422)
    for (const field of ['description', 'expires_at', 'scopes']) {
      assert.ok(page.html.includes(`href="#${field}"`), field)
      assert.ok(page.html.includes(`id="${field}-error"`), field)
    }
    const typed = tokenFields(product, { expires_at: dayFromNow(368), 'scope-users-account-getuserinfo': 'yes' })
    const kept = await browser.post(GENERATE, typed)
    assert.equal(kept.status, 422)
    assert.match(kept.text, /An access token can live 366 days at most\./)
    assert.deepEqual(fieldsOf(kept.html, GENERATE), typed)
    assert.match(kept.html, /<details open/)
  })

  test('takes any day from today to 366 days ahead, and no other text for a day', async () => {
    const { browser } = await signedUp(product)
    const status = async (expires_at: string) =>
      (await browser.post(GENERATE, tokenFields(product, { expires_at }))).status
    for (const day of [dayFromNow(0), dayFromNow(1), dayFromNow(366)]) assert.equal(await status(day), 200, day)
    for (const day of [dayFromNow(-1), dayFromNow(367), '', 'soon', '2026-02-30', '2026-3-5', '1e9', '+020260-01-01'])
      assert.equal(await status(day), 422, day)
  })

  test('works until the end of the day that was chosen, by UTC', async () => {
    const { browser } = await signedUp(product)
    const { value } = await withToken(product, browser, { expires_at: dayFromNow(0) })
    const end = Date.parse(`${dayFromNow(0)}T23:59:59.000Z`) - clock.now().getTime()
    clock.advance(end - 1000)
    assert.ok(await holder(value))
    clock.advance(2000)
    assert.equal(await holder(value), undefined)
  })

  test('"never" is offered and taken only where the operator allows it', async () => {
    const { browser } = await signedUp(product)
    assert.doesNotMatch((await browser.get(GENERATE)).text, /Never expires/)
    const never = await browser.post(GENERATE, tokenFields(product, { never: 'yes' }))
    assert.equal(never.status, 422)
    const allowed = await latchkey({ allowEndlessTokens: true })
    const { browser: other } = await signedUp(allowed)
    assert.match((await other.get(GENERATE)).text, /Never expires/)
    await withToken(allowed, other, { never: 'yes', expires_at: '' })
    assert.match((await other.get(TOKENS_PAGE)).text, /Expires: Never/)
    assert.deepEqual(allowed.faults, [])
    await allowed.close()
  })

  test('offers every scope there is', async () => {
    const { browser } = await signedUp(product)
    const { text } = await browser.get(GENERATE)
    for (const scope of ALL_SCOPES) assert.ok(text.includes(` ${scope} `), scope)
  })

  test('a wrong password, or none, makes nothing; the choices are kept, the password is not', async () => {
    const { browser } = await signedUp(product)
    for (const [password, words] of [
      ['not that one at all', /That is not the password of this account/],
      ['', /Enter your password/],
    ] as const) {
      const page = await browser.post(`${GENERATE}/confirm`, { ...tokenFields(product), password })
      assert.equal(page.status, 422)
      assert.match(page.text, words)
      assert.deepEqual(fieldsOf(page.html, `${GENERATE}/confirm`), { ...tokenFields(product), password: '' })
      assert.ok(password === '' || !page.html.includes(password))
    }
    assert.deepEqual(tokenIds((await browser.get(TOKENS_PAGE)).html), [])
  })

  test('the choices are checked again with the password: what was changed on the way is refused', async () => {
    const { browser } = await signedUp(product)
    for (const forged of [{ expires_at: dayFromNow(999) }, { description: '' }, { never: 'yes' }]) {
      const page = await browser.post(`${GENERATE}/confirm`, { ...tokenFields(product, forged), password: PASSWORD })
      assert.equal(page.status, 422)
    }
    for (const forged of [{ 'scope-password-write': 'yes' }, { 'scope-account-read': 'no' }, { owner: '1' }]) {
      const fields = { ...tokenFields(product), ...forged, password: PASSWORD }
      assert.equal((await browser.post(`${GENERATE}/confirm`, fields)).status, 400)
    }
    assert.deepEqual(tokenIds((await browser.get(TOKENS_PAGE)).html), [])
  })

  test('Back leads to the form as it was filled in', async () => {
    const { browser } = await signedUp(product)
    const page = await browser.post(`${GENERATE}/back`, { ...tokenFields(product), password: '' })
    assert.deepEqual([page.status, fieldsOf(page.html, GENERATE)], [200, tokenFields(product)])
    for (const path of ['confirm', 'back']) assert.equal((await browser.get(`${GENERATE}/${path}`)).location, GENERATE)
  })
})

describe('Edit', () => {
  const edited = (browser: Browser, id: string, fields: Record<string, string>) =>
    browser.post(`${TOKENS_PAGE}/${id}/edit`, fields)

  test('shows the token as it is; saved untouched, its end stays to the second', async () => {
    const { browser } = await signedUp(product)
    const { id, value } = await withToken(product, browser)
    const before = await deps.accessTokens.tokensOf((await holder(value))?.account.id ?? 0)
    const fields = fieldsOf((await browser.get(`${TOKENS_PAGE}/${id}/edit`)).html, `${TOKENS_PAGE}/${id}/edit`)
    assert.deepEqual(fields, { ...tokenFields(product), password: '' })
    assert.equal((await edited(browser, id, { ...fields, password: PASSWORD })).location, TOKENS_PAGE)
    const after = await deps.accessTokens.tokensOf(before[0]?.accountId ?? 0)
    assert.deepEqual(after[0]?.expiresAt, before[0]?.expiresAt)
  })

  test('changes what was changed, behind the password', async () => {
    const { browser } = await signedUp(product)
    const { id, value } = await withToken(product, browser)
    const fields = { description: 'renamed', expires_at: dayFromNow(3), 'scope-events-read': 'yes' }
    const refused = await edited(browser, id, { ...fields, password: 'not that one at all' })
    assert.equal(refused.status, 422)
    assert.deepEqual(fieldsOf(refused.html, `${TOKENS_PAGE}/${id}/edit`), { ...fields, password: '' })
    assert.equal((await holder(value))?.token.scopes, 'account:read')
    await edited(browser, id, { ...fields, password: PASSWORD })
    assert.equal((await holder(value))?.token.scopes, 'events:read')
    const list = await browser.get(TOKENS_PAGE)
    assert.match(list.text, /The access token has been changed\./)
    assert.match(list.text, /renamed/)
  })
})

describe('Regenerate', () => {
  test('shows a new value once; the old one is dead, or goes on for a day where that was ticked', async () => {
    const { browser } = await signedUp(product)
    const { id, value } = await withToken(product, browser)
    const path = `${TOKENS_PAGE}/${id}/regenerate`
    const fields = fieldsOf((await browser.get(path)).html, path)
    assert.deepEqual(fields, { expires_at: dayFromNow(90), password: '' })
    const values = [value]
    for (const overlap of [{}, { overlap: 'yes' }]) {
      const answer = await browser.post(path, { ...fields, ...overlap, password: PASSWORD })
      assert.equal(answer.location, `${TOKENS_PAGE}/value`)
      values.push(readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html))
      assert.equal(readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html), '')
    }
    assert.deepEqual(await Promise.all(values.map(async (each) => (await holder(each)) !== undefined)), [
      false,
      true,
      true,
    ])
    assert.match((await browser.get(TOKENS_PAGE)).text, /The old value works until/)
  })

  test('a wrong password or day changes nothing and keeps the tick', async () => {
    const { browser } = await signedUp(product)
    const { id, value } = await withToken(product, browser)
    const path = `${TOKENS_PAGE}/${id}/regenerate`
    for (const wrong of [{ password: 'not that one at all' }, { password: PASSWORD, expires_at: dayFromNow(400) }]) {
      const page = await browser.post(path, { expires_at: dayFromNow(5), overlap: 'yes', ...wrong })
      assert.equal(page.status, 422)
      assert.equal(fieldsOf(page.html, path).overlap, 'yes')
    }
    assert.ok(await holder(value))
  })
})

describe('Remove', () => {
  test('takes what is ticked, shows it, asks for the password, and removes it all', async () => {
    const { browser } = await signedUp(product)
    const tokens = []
    for (const description of ['one', 'two', 'three']) tokens.push(await withToken(product, browser, { description }))
    const [one, two, three] = tokens
    assert.ok(one && two && three)
    const { location } = await browser.post(TOKENS_PAGE, { [`token-${one.id}`]: 'yes', [`token-${three.id}`]: 'yes' })
    const page = await browser.get(location ?? '')
    assert.match(page.html, /<h1>Remove Access Tokens<\/h1>/)
    assert.deepEqual([/ one /.test(page.text), / two /.test(page.text), / three /.test(page.text)], [true, false, true])
    const fields = fieldsOf(page.html, `${TOKENS_PAGE}/remove`)
    const refused = await browser.post(`${TOKENS_PAGE}/remove`, { ...fields, password: 'not that one at all' })
    assert.equal(refused.status, 422)
    assert.deepEqual(fieldsOf(refused.html, `${TOKENS_PAGE}/remove`), fields)
    assert.equal((await browser.post(`${TOKENS_PAGE}/remove`, { ...fields, password: PASSWORD })).location, TOKENS_PAGE)
    assert.deepEqual(tokenIds((await browser.get(TOKENS_PAGE)).html), [two.id])
    assert.deepEqual([await holder(one.value), await holder(three.value)], [undefined, undefined])
    assert.ok(await holder(two.value))
  })

  test('with nothing ticked says so and keeps the list', async () => {
    const { browser } = await signedUp(product)
    const { id } = await withToken(product, browser)
    const page = await browser.post(TOKENS_PAGE)
    assert.equal(page.status, 422)
    assert.match(page.text, /Tick the tokens you want to remove\./)
    assert.deepEqual(tokenIds(page.html), [id])
  })

  test('sent twice removes once, and says the second time that nothing was changed', async () => {
    const { browser } = await signedUp(product)
    const { id } = await withToken(product, browser)
    await browser.post(`${TOKENS_PAGE}/remove`, { ids: id, password: PASSWORD })
    assert.match((await browser.get(TOKENS_PAGE)).text, /Removed\. Whatever used it is refused from now on\./)
    await browser.post(`${TOKENS_PAGE}/remove`, { ids: id, password: PASSWORD })
    assert.match((await browser.get(TOKENS_PAGE)).text, /Nothing was changed/)
  })
})

test('another account’s token is as unknown as one that never was (A66)', async () => {
  const { browser: theirs } = await signedUp(product)
  const { id, value } = await withToken(product, theirs)
  const { browser } = await signedUp(product)
  const password = PASSWORD
  const answers = async (unknown: string) => {
    const all = [
      await browser.get(`${TOKENS_PAGE}/${unknown}/edit`),
      await browser.get(`${TOKENS_PAGE}/${unknown}/regenerate`),
      await browser.post(`${TOKENS_PAGE}/${unknown}/edit`, { ...tokenFields(product), password }),
      await browser.post(`${TOKENS_PAGE}/${unknown}/regenerate`, { expires_at: dayFromNow(1), password }),
      await browser.get(`${TOKENS_PAGE}/remove?ids=${unknown}`),
      await browser.post(`${TOKENS_PAGE}/remove`, { ids: unknown, password }),
    ]
    return all.map(({ status, location, text }) => ({ status, location, text }))
  }
  const [mine, never] = [await answers(id), await answers('AAAAAAAAAAAAAAAA')]
  assert.deepEqual(mine, never)
  assert.deepEqual(
    mine.map(({ status }) => status),
    [404, 404, 404, 404, 303, 303],
  )
  assert.ok(await holder(value))
})

test('fields that no form of ours has, twice, or with another value are refused and change nothing (A59)', async () => {
  const { browser } = await signedUp(product)
  const { id } = await withToken(product, browser)
  for (const body of [
    `token-${id}=yes&token-${id}=yes`,
    `token-${id}=no`,
    'token-=yes',
    'token-%3Cb%3E=yes',
    '__proto__=yes',
  ])
    assert.equal((await browser.post(TOKENS_PAGE, body)).status, 400, body)
  assert.deepEqual(tokenIds((await browser.get(TOKENS_PAGE)).html), [id])
})
