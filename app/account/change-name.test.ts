import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { accountOf, latchkey, signedUp } from '#testing/index.ts'

const product = await latchkey()
after(product.close)

const PAGE = '/settings/name'

describe('the name that others read', () => {
  test('is shown under Settings, and goes when it is saved empty', async () => {
    const { browser, email } = await signedUp(product)
    assert.match((await browser.get('/settings/account')).text, /Name None yet/)
    for (const [typed, name] of [
      ['  Ada <Lovelace>, née Byron ', 'Ada <Lovelace>, née Byron'],
      ['Ada', 'Ada'],
      ['\u3164', '\u3164'], // a letter to Unicode, though an empty one: it is its owner's choice
      [' ', null],
    ] as const) {
      assert.equal((await browser.post(PAGE, { name: typed })).location, '/settings/account')
      assert.equal((await accountOf(product, email)).displayName, name)
      const { html } = await browser.get('/settings/account')
      assert.ok(html.includes('Your name has been saved.'))
      if (name) assert.ok(html.includes(name.replace('<', '&lt;').replace('>', '&gt;')), html)
    }
    assert.match((await browser.get('/settings/account')).text, /Name None yet/)
  })

  test('has 64 characters at most, on one line, and nothing that turns the direction of the page', async () => {
    const { browser, email } = await signedUp(product)
    assert.equal((await browser.post(PAGE, { name: '🦆'.repeat(64) })).status, 303)
    for (const [name, sentence] of [
      ['🦆'.repeat(65), /The name can have at most 64 characters/],
      ['Ada\nLovelace', /can't be shown on one line/],
      ['Ada\u202Eecalevol', /can't be shown on one line/],
    ] as const) {
      const answer = await browser.post(PAGE, { name })
      assert.equal(answer.status, 422)
      assert.match(answer.text, sentence)
    }
    assert.equal((await accountOf(product, email)).displayName, '🦆'.repeat(64))
  })
})
