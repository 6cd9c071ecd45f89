import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { apiClient } from '#testing/clients/v1.ts'
import { latchkey, PASSWORD, signedUp } from '#testing/index.ts'

const product = await latchkey()
afterEach(() => assert.deepEqual(product.faults, []))
after(product.close)

test('an edited or regenerated token is answered as the list shows it from then on', async () => {
  const api = apiClient(product)
  const session = await api.signedIn((await signedUp(product)).email)
  const made = await api.call('POST', '/tokens', session, {
    ...{
      password: PASSWORD,
      description: 'A script',
      scopes: ['account:read'],
      expires_at: '2026-03-02T00:00:00.500Z',
    },
  })
  const { id } = made.body.token as { id: string }
  const listed = async () => ((await api.call('GET', '/tokens', session)).body.tokens as unknown[])[0]
  assert.deepEqual(made.body.token, await listed())

  const change = {
    password: PASSWORD,
    description: 'A job',
    scopes: ['events:read'],
    expires_at: '2026-03-03T00:00:00.250Z',
  }
  const edited = await api.call('PATCH', `/tokens/${id}`, session, change)
  assert.equal(edited.status, 200, edited.text)
  assert.deepEqual(edited.body, await listed())
  assert.notDeepEqual(edited.body, made.body.token)

  const again = { password: PASSWORD, overlap: true, expires_at: '2026-03-04T00:00:00.125Z' }
  const renewed = await api.call('POST', `/tokens/${id}/regenerate`, session, again)
  assert.equal(renewed.status, 200, renewed.text)
  assert.deepEqual(renewed.body.token, await listed())
  assert.notDeepEqual(renewed.body.token, edited.body)
})
