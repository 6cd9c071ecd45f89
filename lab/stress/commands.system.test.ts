import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COMMANDS, killedEverywhere } from './faults/commands.ts'

const EVERY = 4 // `npm run faults` kills at each point

const PROMISED: Record<string, string> = {
  reseal: 'leaves every value open with one of the keys, and is finished by the next one (P12)',
  delete: 'leaves the account whole, or nothing of it',
  'delete what is due': 'leaves the account whole, or nothing of it',
}

describe('a command that is killed at one of its points', () => {
  for (const flow of COMMANDS)
    test(`${flow.name} ${PROMISED[flow.name]}`, async () => {
      assert.ok((await killedEverywhere(flow, EVERY)) > 20, 'it has many points')
    })
})
