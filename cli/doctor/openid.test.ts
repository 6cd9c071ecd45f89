import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readConfig } from '#app/config.ts'
import { latchkey } from '#testing/index.ts'
import { addClient } from '#testing/openid.ts'
import { openid } from './openid.ts'

const product = await latchkey()
after(product.close)
const { database } = product
const on = (node: string) => openid(node).look({ config: readConfig({}), baseUrl: 'https://latchkey.test', database })

test('the doctor warns where apps sign people in and Node is older than their library supports', async () => {
  assert.deepEqual(await on('20.20.0'), [], 'where no client exists')
  await addClient(product)
  const said = async (node: string) => (await on(node)).map(({ is, says }) => [is, says])
  assert.deepEqual(await said('21.7.3'), [
    ['warning', 'apps sign people in here, and their library does not support Node.js 21.7.3'],
  ])
  assert.deepEqual(await said('22.0.0'), [['ok', 'Node.js 22.0.0 is recent enough']])
  assert.deepEqual(await said('24.11.1'), [['ok', 'Node.js 24.11.1 is recent enough']])
})
