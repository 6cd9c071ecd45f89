import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { BASE_URL } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import { askedIn, member, plainClient, sentBy } from '#testing/openid-people.ts'
import { authorizing } from '#testing/openid-requests.ts'

const site = await openidSite()
after(site.close)

const client = await plainClient(site)
const { browser } = await member(site)
const { putRecord } = site.deps.openid

test('a session that ends in the middle of a sign-in for an app gets a page, and is no fault', async (t) => {
  t.mock.method(site.deps.openid, 'putRecord', async (row: Parameters<typeof putRecord>[0]) =>
    row.kind === 'Session' ? false : putRecord(row),
  )
  const answer = await browser.get(authorizing(client))
  assert.deepEqual([answer.status, answer.location], [400, null])
  assert.match(answer.text, /can't be answered/)
  assert.match(answer.headers.get('Content-Security-Policy') ?? '', /default-src 'none'/)
  assert.deepEqual(site.faults.splice(0), [])
})

test('a database that fails in the middle of it is said to be away, in a page with all headers, and no code is given', async (t) => {
  t.mock.method(site.deps.openid, 'putRecord', async (row: Parameters<typeof putRecord>[0]) => {
    if (row.kind === 'Session') throw Object.assign(new Error('No space.'), { code: '53100' })
    return putRecord(row)
  })
  const answer = await browser.get(authorizing(client))
  assert.deepEqual([answer.status, answer.location], [503, null])
  assert.match(answer.headers.get('Retry-After') ?? '', /^\d+$/)
  assert.match(answer.headers.get('Content-Security-Policy') ?? '', /default-src 'none'/)
  assert.equal(site.faults.splice(0).length, 1)
})

test('what an app asked for that ends while its person says no gets the page that says so, and a database that fails another', async (t) => {
  const asker = await plainClient(site, { isThirdParty: 1 })
  const page = (await sentBy(browser, asker)).answer
  assert.match(page.text, /would like to know/)
  const { record } = site.deps.openid
  let reads = 0
  t.mock.method(site.deps.openid, 'record', async (id: string) => (++reads > 1 ? undefined : record(id)))
  const over = await browser.post('/oauth/enter/cancel', askedIn(page.html))
  assert.deepEqual([over.status, over.headers.get('Refresh')], [400, null])
  assert.match(over.text, /sign-in is over/)
  t.mock.method(site.deps.openid, 'record', async () => {
    throw Object.assign(new Error('No space.'), { code: '53100' })
  })
  assert.equal((await browser.get('/oauth/enter')).status, 503)
  assert.equal(site.faults.splice(0).length, 1)
})

test('a connection that breaks in the place of the answer is no fault of ours', async (t) => {
  const socket = connect(site.port, '127.0.0.1').resume()
  const { clientNamed } = site.deps.openid
  t.mock.method(site.deps.openid, 'clientNamed', async (name: string) => {
    socket.end('NOT A REQUEST\r\n\r\n')
    await once(socket, 'close')
    return clientNamed(name)
  })
  socket.write(`GET ${authorizing(client)} HTTP/1.1\r\nHost: ${new URL(BASE_URL).host}\r\n\r\n`)
  await once(socket, 'close')
  assert.equal((await site.fetch(`${BASE_URL}/oauth/jwks`)).status, 200)
  assert.deepEqual(site.faults, [])
})
