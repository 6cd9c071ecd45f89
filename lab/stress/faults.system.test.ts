import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FAULTS } from './faults/table.ts'

const HELD_FOR = 3_000 // ms: longer than the product waits for a lock

describe('a server that meets a fault', () => {
  for (const { name, attack, expected, run } of FAULTS.filter(({ long }) => !long))
    test(`${name}: ${expected} (${attack})`, async () => {
      assert.ok(await run({ heldFor: HELD_FOR }))
    })
})
