import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readConfig } from '#app/config.ts'
import { BASE_URL, latchkey } from '#testing/index.ts'
import { withPasskey } from '#testing/passkeys.ts'
import { passkeys } from './passkeys.ts'

const product = await latchkey()
after(product.close)
const { database, vault } = product
const at = (baseUrl: string) => passkeys.look({ config: readConfig({}), baseUrl, database, vault })

test('the doctor warns where BASE_URL is no longer the host that passkeys were registered at', async () => {
  assert.deepEqual(await at(BASE_URL), [], 'where nobody has one')
  await withPasskey(product)
  const { hostname } = new URL(BASE_URL)
  assert.deepEqual(await at(BASE_URL), [{ check: 'passkeys', is: 'ok', says: `they are good for ${hostname}` }])
  const [moved] = await at('https://moved.example')
  assert.deepEqual(
    [moved?.is, moved?.says],
    ['warning', `some were registered at ${hostname} and open nothing at moved.example`],
  )
})
