import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  DONE,
  enrolling,
  latchkey,
  PASSWORD,
  RECOVERY_CODES_PAGE,
  signedInWith,
  viewingCodes,
  withTwoFactor,
} from '#testing/index.ts'

const product = await latchkey()
const { clock } = product
after(product.close)

const WRITTEN = '1 Mar 2026, 12:00 UTC'

test('the page, the print and the file say one moment in one time zone, and name it; the script leaves it alone', async () => {
  const { browser } = await withTwoFactor(product)
  clock.advance(40 * 60_000) // the session of an hour goes on, and another hour has begun
  await viewingCodes(browser)
  const { text, html } = await browser.get(RECOVERY_CODES_PAGE)
  assert.ok(text.includes(`These were made at ${WRITTEN} .`), text)
  const print = await browser.get(`${RECOVERY_CODES_PAGE}/print`)
  assert.ok(print.text.includes(`Made at ${WRITTEN} `), print.text)
  for (const page of [html, print.html])
    assert.match(page, /<time datetime="2026-03-01T12:00:10.000Z" data-utc="true">/)
  const file = (await browser.get(`${RECOVERY_CODES_PAGE}/download`)).html
  assert.ok(file.includes('\r\nMade at: 2026-03-01 12:00 UTC\r\n'), file)
})

test('the file and the print say how many codes there are and how many are left', async () => {
  const { email, codes, browser } = await withTwoFactor(product)
  for (const code of codes.slice(0, 2)) await signedInWith(product, email, code)
  await viewingCodes(browser)
  const file = (await browser.get(`${RECOVERY_CODES_PAGE}/download`)).html
  assert.match(file, /^Codes: {3}12, of which 10 are left\r\n/m)
  assert.match(file, /^ 1\. used at \d{4}-\d\d-\d\d \d\d:\d\d UTC\r\n 2\. used at /m)
  assert.match((await browser.get(`${RECOVERY_CODES_PAGE}/print`)).text, /Codes 12, of which 10 are left/)
})

test('the name of the file is one that every system takes, whatever the account is called', async () => {
  for (const [local, named] of [
    ['o`neil&%|/x', 'o-neil----x-at-xn--mller-kva.example'],
    ['x'.repeat(200), 'x'.repeat(64)],
    ['con', 'con-at-xn--mller-kva.example'],
  ] as const) {
    const browser = product.browser()
    await browser.post('/sign-up', { email: `${local}@müller.example`, password: PASSWORD })
    await enrolling(product, browser)
    const told = (await browser.get(`${DONE}/download`)).headers.get('Content-Disposition') ?? ''
    const [, name = ''] = /^attachment; filename="([A-Za-z0-9._-]{1,255})"$/.exec(told) ?? []
    const [, account] =
      /^latchkey-recovery-codes-latchkey\.test-(.*)-\d{4}-\d\d-\d\d-\d\d-\d\d-UTC\.txt$/.exec(name) ?? []
    assert.equal(account, named)
  }
})
