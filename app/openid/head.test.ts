import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { BASE_URL } from '#testing/index.ts'
import { openidSite } from '#testing/openid.ts'
import { plainClient } from '#testing/openid-people.ts'
import { authorizing } from '#testing/openid-requests.ts'

const site = await openidSite()
after(site.close)

test('HEAD is answered as GET is, without the body, and once', async (t) => {
  const client = await plainClient(site)
  const written = t.mock.method(console, 'error', () => {})
  const paths = ['/oauth/jwks', '/oauth/userinfo', '/oauth/device', '/.well-known/openid-configuration']
  for (const path of [...paths, '/oauth/authorize', authorizing(client)]) {
    const got = await site.fetch(`${BASE_URL}${path}`)
    const head = await site.fetch(`${BASE_URL}${path}`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [got.status, ''], path)
  }
  assert.deepEqual(
    written.mock.calls.map(({ arguments: [said] }) => said),
    [],
    'nothing is said where only faults are',
  )
  assert.deepEqual(site.faults, [])
})
