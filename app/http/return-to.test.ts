import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BASE_URL, codeOf, latchkey, manyOwingCode, PASSWORD, signedUp, withTwoFactor } from '#testing/index.ts'
import { returnPath } from './return-to.ts'

const product = await latchkey()
after(() => product.close())

let email: string
let owner: Awaited<ReturnType<typeof withTwoFactor>>
before(async () => {
  email = (await signedUp(product)).email
  owner = await withTwoFactor(product)
})

const ELSEWHERE = [
  '//evil.example',
  '//evil.example/settings/account',
  '/\\\\evil.example/settings/account',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  'https:evil.example',
  'https://evil.example',
  'http://latchkey.test/',
  'https://latchkey.test@evil.example/',
  'https://latchkey.test.evil.example/',
  '/\t/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/x/..//evil.example',
  '/x/%2e%2e//evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  '@evil.example',
  '.evil.example',
  'settings',
  '?x',
  '//evil.example\r\nSet-Cookie: a=b',
  `/${'a'.repeat(8192)}`,
  'https://[',
  '//',
  '',
]

/** Where a browser on our page goes for this Location. */
const destination = (location: string | null) => new URL(location ?? '', BASE_URL)

describe('after sign-in', () => {
  for (const wanted of ELSEWHERE)
    test(`${JSON.stringify(wanted).slice(0, 60)} leads to the dashboard (A45)`, async () => {
      assert.equal(returnPath(wanted, BASE_URL), '/')
      const page = await product.browser().get(`/sign-in?return_to=${encodeURIComponent(wanted)}`)
      assert.equal(page.status, 200)
      assert.ok(!page.html.includes('name="return_to"'))
    })

  for (const wanted of [
    '/%2f%2fevil.example',
    '/%09/evil.example',
    '/@evil.example',
    '/a\r\nSet-Cookie: a=b',
    '/ü?q=ü',
  ])
    test(`${JSON.stringify(wanted)} stays here and is a whole header (A45)`, () => {
      const path = returnPath(wanted, BASE_URL)
      assert.equal(destination(path).origin, BASE_URL)
      assert.match(path, /^\/(?!\/)[\x21-\x7e]*$/)
    })

  test('leads back to a page of ours with its query, through the code as well', async () => {
    const returnTo = '/settings/activity?before=1-a'
    const password = await product.browser().post('/sign-in', { email, password: PASSWORD, return_to: returnTo })
    assert.equal(password.location, returnTo)
    const first = await product
      .browser()
      .post('/sign-in', { email: owner.email, password: PASSWORD, return_to: returnTo })
    assert.equal(first.location, `/sign-in/two-factor?return_to=${encodeURIComponent(returnTo)}`)
    const [second] = await manyOwingCode(product, owner.email, 1)
    const code = codeOf(owner.key, product.clock.now())
    assert.equal((await second?.post('/sign-in/two-factor', { code, return_to: returnTo }))?.location, returnTo)
  })

  test('leads nowhere else, whatever place the form names, by password or by code (A45)', async () => {
    for (const return_to of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a\r\nX: y']) {
      const byPassword = await product.browser().post('/sign-in', { email, password: PASSWORD, return_to })
      assert.equal(byPassword.status, 303)
      assert.equal(destination(byPassword.location).origin, BASE_URL)
      assert.equal(byPassword.headers.get('X'), null)
      product.clock.advance(60_000)
      const [browser] = await manyOwingCode(product, owner.email, 1)
      const code = codeOf(owner.key, product.clock.now())
      const byCode = await browser?.post('/sign-in/two-factor', { code, return_to })
      assert.equal(byCode?.status, 303)
      assert.equal(destination(byCode?.location ?? null).origin, BASE_URL)
    }
    assert.deepEqual(product.faults, [])
  })

  test('on the code page, a place elsewhere is neither a link nor a field that leads there', async () => {
    const [browser] = await manyOwingCode(product, owner.email, 1)
    const page = await browser?.get(`/sign-in/two-factor?return_to=${encodeURIComponent('"><script>//evil.example')}`)
    assert.equal(page?.status, 200)
    assert.ok(!page?.html.includes('<script>//'))
    assert.ok(!/(href|action)="[^"]*evil/.test(page?.html ?? ''))
  })
})
