import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '#app/config.ts'
import { type Check, said } from './check.ts'

const patient = { config: readConfig({}), baseUrl: 'http://localhost:3000' }
const looking = (look: Check['look']) => said({ name: 'disk', look }, patient, 10)

test('a check of the doctor that never ends, or breaks, is one line, and the others go on', async () => {
  const never = await looking(() => new Promise(() => {}))
  assert.deepEqual(
    never.map(({ is, says }) => [is, says]),
    [['warning', 'not done after 0.01 seconds']],
  )
  const broken = await looking(() => Promise.reject(new Error('it is\n  gone')))
  assert.deepEqual(broken, [{ check: 'disk', is: 'fault', says: 'it is gone' }])
})
