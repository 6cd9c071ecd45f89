import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { keptLog, latchkey, PASSWORD, signedUp } from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

describe('a request for', () => {
  for (const host of [
    'evil.example',
    'latchkey.test:8443',
    'latchkey.test:abc',
    'latchkey.test:80',
    'latchkey.test..',
    'latchkey.test.:8443',
    '.latchkey.test',
    'latchkey.test.evil.example',
    'evil.latchkey.test',
    'evil.example, latchkey.test',
    'user@latchkey.test',
    'latchkey.test/x',
    '',
    '[::1]',
    '"><script>',
  ])
    test(`${JSON.stringify(host)} is misdirected: 421, and shows where we are (A46)`, async () => {
      const { browser } = await signedUp(product)
      const answer = await browser.get('/settings/account', { Host: host })
      assert.equal(answer.status, 421)
      assert.ok(answer.html.includes('href="https://latchkey.test/"'))
      assert.ok(host === '' || host.startsWith('latchkey.test') || !answer.html.includes(host))
    })

  test('our host in capitals is ours', async () => {
    assert.equal((await product.browser().get('/sign-in', { Host: 'LATCHKEY.TEST' })).status, 200)
  })

  test('our host with the usual port is ours', async () => {
    const { browser } = await signedUp(product)
    assert.equal((await browser.get('/settings/account', { Host: 'latchkey.test:443' })).status, 200)
    assert.equal((await browser.post('/sign-out', {}, { Host: 'Latchkey.test:443' })).status, 303)
  })

  test('our host with a dot at the end is sent on to the same page without it, and nowhere else', async () => {
    const { browser } = await signedUp(product)
    for (const host of ['latchkey.test.', 'LATCHKEY.test.', 'latchkey.test.:443']) {
      const answer = await browser.get('/settings/tokens?after=1', { Host: host })
      assert.deepEqual([answer.status, answer.location], [308, 'https://latchkey.test/settings/tokens?after=1'])
    }
    const answer = await browser.get('//evil.example/', { Host: 'latchkey.test.' })
    assert.equal(new URL(answer.location ?? '').host, 'latchkey.test')
    assert.equal((await browser.post('/sign-out', {}, { Host: 'latchkey.test.' })).status, 421, 'a form is not sent on')
  })

  test('another host writes one log line a minute, with what was asked for and what is expected', async (t) => {
    const { log, of, text } = keptLog()
    const watched = await latchkey({}, { log })
    t.after(watched.close)
    for (const host of ['10.0.0.7:3000', 'evil.example'])
      for (let times = 0; times < 20; times++) await watched.browser().get('/sign-in?secret=kettle', { Host: host })
    assert.deepEqual(
      of('other_host').map(({ level, asked, expected }) => [level, asked, expected]),
      [['warn', '10.0.0.7:3000', 'latchkey.test']],
    )
    watched.clock.advance(60_000)
    await watched.browser().get('/sign-in', { Host: '' })
    assert.equal(of('other_host').at(-1)?.asked, 'no host')
    assert.ok(!text().includes('kettle'), 'nothing of the address but its host')
  })

  test('health is answered under any name: a probe comes by address', async () => {
    const answer = await product.browser().get('/healthz', { Host: '10.0.0.7:3000' })
    assert.deepEqual([answer.status, answer.html], [200, 'ok'])
  })
})

describe('what a proxy may say of the host', () => {
  test('changes no link and no redirect (A46)', async () => {
    const { email } = await signedUp(product)
    const forwarded = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Port': '8443',
      'X-Original-URL': '/evil',
      'X-Rewrite-URL': '/evil',
      Forwarded: 'host=evil.example;proto=http',
    }
    const page = await product.browser().get('/sign-in', forwarded)
    assert.equal(page.status, 200)
    assert.ok(!page.html.includes('evil'))
    const answer = await product.browser().post('/sign-in', { email, password: PASSWORD }, forwarded)
    assert.equal(answer.location, '/')
  })

  test('makes no form of another site ours (A46)', async () => {
    const source = { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example', Host: 'latchkey.test' }
    assert.equal((await product.browser().post('/sign-in', {}, source)).status, 403)
    const misdirected = { Origin: 'https://evil.example', Host: 'evil.example' }
    assert.equal((await product.browser().post('/sign-in', {}, misdirected)).status, 421)
  })
})
