import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { events } from '#db/schema.ts'
import { accountOf, everyRow, latchkey, operator, signedUp } from '#testing/index.ts'
import { appNamed } from './apps.ts'

const product = await latchkey({ operatorPages: [{ address: '192.0.2.0', prefix: 24, family: 'ipv4' }] })
const { database, deps } = product
afterEach(() => assert.deepEqual(product.faults.splice(0), []))
after(product.close)

const boss = await operator(product, { address: '192.0.2.5' })
const { browser } = boss
await browser.post('/operate/groups', { name: 'family' })

const NEW = '/operate/apps/new'
const written = (of: Record<string, string> = {}) => ({
  ...{ name: 'photos', title: 'Our photos', hosts: 'photos.example.com\r\n\r\nPictures.example.com', groups: 'family' },
  ...{ level: 'second_factor', maxAge: '8h', paths: '/share/ public\r\n/admin/ second_factor 15m', networks: '' },
  ...{ tellsIdentity: 'yes', reason: 'For the summer', ...of },
})

describe('the pages of apps', () => {
  test('offer every level, so that a change of something else never lowers it', async () => {
    for (const level of ['password', 'second_factor', 'phishing_resistant']) {
      const name = level.replace('_', '-')
      await browser.post(NEW, written({ name, hosts: `${name}.example.com`, level, paths: '' }))
      const form = await browser.get(`/operate/apps/named/${name}/change`)
      const [, chosen] = /<option value="(\w+)" selected/.exec(form.html) ?? []
      assert.equal(chosen, level)
      await browser.post(`/operate/apps/named/${name}/delete`, { reason: 'Tried' })
    }
  })

  test('add one, show it, change it and delete it, and the log has who and why', async () => {
    assert.match((await browser.get('/operate/apps')).text, /There are no apps\./)
    assert.equal((await browser.post(NEW, written())).location, '/operate/apps/named/photos')
    const { text } = await browser.get('/operate/apps/named/photos')
    for (const part of [
      'Our photos',
      'photos.example.com',
      'pictures.example.com',
      'family',
      '/admin/ second_factor 15m',
    ])
      assert.ok(text.includes(part), part)
    assert.match((await browser.get('/operate/apps')).html, /href="\/operate\/apps\/named\/photos">Our photos</)

    const form = await browser.get('/operate/apps/named/photos/change')
    assert.match(form.html, /<textarea id="hosts"[^>]*>photos\.example\.com\npictures\.example\.com<\/textarea>/)
    const { name: _, ...rest } = written({
      title: 'Photos',
      groups: '',
      takesTokens: 'yes',
      networks: '10.0.0.0/8 password',
    })
    const changed = await browser.post('/operate/apps/named/photos/change', rest)
    assert.equal(changed.location, '/operate/apps/named/photos')
    const app = await appNamed(deps, 'photos')
    assert.deepEqual([app?.title, app?.groups, app?.takesTokens, app?.tellsIdentity], ['Photos', [], 1, 1])

    const unsaid = await browser.post('/operate/apps/named/photos/delete', { reason: ' ' })
    assert.deepEqual([unsaid.status, /Say why\./.test(unsaid.text)], [422, true])
    assert.equal(
      (await browser.post('/operate/apps/named/photos/delete', { reason: 'Moved' })).location,
      '/operate/apps',
    )
    assert.match((await browser.get('/operate/apps')).text, /The app is deleted/)
    for (const path of ['', '/change', '/delete'])
      assert.equal((await browser.get(`/operate/apps/named/photos${path}`)).status, 404)

    const { id } = await accountOf(product, boss.email)
    const log = await database.db.select().from(events).where(eq(events.subject, 'photos')).orderBy(events.id)
    assert.deepEqual(
      log.map(({ kind, operatorId, reason }) => `${kind} ${operatorId === id} ${reason}`),
      ['app_created true For the summer', 'app_changed true For the summer', 'app_deleted true Moved'],
    )
    assert.match((await browser.get('/operate/log?kind=app_deleted')).text, /App deleted photos By /)
  })

  test('name each wrong line, keep what was typed, and change nothing', async () => {
    await browser.post(NEW, written({ name: 'there', hosts: 'there.example.com' }))
    const before = await everyRow(product)
    const paths = '/a/../b public\r\n/c none\r\n/d second_factor'
    const refused = await browser.post(NEW, written({ hosts: '*.example.com\r\na.example.com', paths, maxAge: 'long' }))
    assert.equal(refused.status, 422)
    for (const part of [
      '“*.example.com” has a *',
      '“/a/../b public” has no plain path',
      '“/c none” names no level',
      '“long” is no time',
    ])
      assert.ok(refused.text.includes(part), part)
    assert.ok(!refused.text.includes('“/d second_factor”'), 'what is right is not named')
    assert.match(refused.html, /<textarea id="hosts"[^>]*aria-invalid="true"[^>]*>\*\.example\.com/)

    const taken = await browser.post(
      NEW,
      written({ name: 'there', hosts: 'there.example.com', groups: 'family\r\nnobodys' }),
    )
    for (const part of ['There is an app there already', 'Another app has the host there', 'no group “nobodys”'])
      assert.ok(taken.text.includes(part), part)
    const { name: _, ...rest } = written({ hosts: 'latchkey.test:8443' })
    const changed = await browser.post('/operate/apps/named/there/change', rest)
    assert.deepEqual([changed.status, /is where people sign in/.test(changed.text)], [422, true])
    assert.equal((await browser.post('/operate/apps/named/nobodys/change', rest)).status, 404)
    assert.equal((await browser.get('/operate/apps/named/a%00b')).status, 404)
    assert.deepEqual(await everyRow(product), before)
  })

  test('are not there for members, nor where operators don’t reach their pages', async () => {
    const { browser: member } = await signedUp(product, { address: '192.0.2.6' })
    const elsewhere = product.browser({ address: '198.51.100.7' })
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    for (const path of ['/operate/apps', NEW, '/operate/apps/named/there/delete'])
      for (const visitor of [member, elsewhere]) assert.equal((await visitor.get(path)).status, 404, path)
    assert.equal((await browser.get('/operate/apps')).status, 200)
  })
})
