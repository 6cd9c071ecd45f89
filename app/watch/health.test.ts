import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { latchkey } from '#testing/index.ts'
import { createApp } from '../app.ts'

const product = await latchkey()
after(product.close)

/** What a probe gets if things are as in `differing`. */
async function probe(path: string, differing: Partial<typeof product.deps> = {}) {
  const answer = await createApp({ ...product.deps, ...differing }).request(path, {
    headers: { Host: '10.0.0.7:3000' },
  })
  return [answer.status, await answer.text()]
}
const gone = () => Promise.reject(new Error('gone'))

describe('/readyz, under any name,', () => {
  test('says yes where the database answers and has every migration', async () => {
    assert.deepEqual(await probe('/readyz'), [200, 'ready'])
    assert.equal(await product.deps.migrations.areApplied(), true)
  })

  test('says no as soon as the process is told to stop, while it is still alive', async () => {
    const stopping = { isStopping: () => true }
    assert.deepEqual(await probe('/readyz', stopping), [503, 'this process is stopping'])
    assert.deepEqual(await probe('/healthz', stopping), [200, 'ok'])
  })

  test('says no where the database does not answer, or lacks what this version needs', async () => {
    assert.deepEqual(await probe('/readyz', { migrations: { areApplied: gone } }), [
      503,
      'the database does not answer',
    ])
    const old = { areApplied: async () => false }
    assert.deepEqual(await probe('/readyz', { migrations: old }), [
      503,
      'the database lacks migrations of this version',
    ])
  })
})
