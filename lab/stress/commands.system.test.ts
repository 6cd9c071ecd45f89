import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from './faults/command.ts'
import { COMMANDS, killedEverywhere } from './faults/commands.ts'

const AT_ONCE = 2 // worlds

/** `npm run faults` kills at each point. */
type Kills = { every: number; leaves: string }
const WHOLE = { every: 3, leaves: 'is done wholly or not at all, and done when it is repeated' }

const PROMISED: Record<Command, Kills> = {
  reseal: { every: 7, leaves: 'leaves every value open with one of the keys, and is finished by the next one (P12)' },
  import: { every: 7, leaves: 'makes each account whole or not at all, and is finished by the next one (P13)' },
  'begin a rescue': WHOLE,
  'approve a rescue': WHOLE,
  invite: WHOLE,
  'revoke an invitation': WHOLE,
  'make the first operator’s link': WHOLE,
  'use the first operator’s link': { ...WHOLE, every: 7 },
  delete: { every: 11, leaves: 'leaves the account whole, or nothing of it' },
  'delete what is due': { every: 11, leaves: 'leaves the account whole, or nothing of it' },
  'tell apps of sign-outs': { every: 1, leaves: 'has told the app, or has yet to: it hears of each at least once' },
  'apply a file of apps': { every: 11, leaves: 'leaves the apps as they were or as the file has them (G17)' },
}

describe('a command that is killed at one of its points:', { concurrency: AT_ONCE }, () => {
  for (const flow of COMMANDS) {
    const { every, leaves } = PROMISED[flow.name]
    test(`"${flow.name}" ${leaves}`, async () => {
      assert.ok((await killedEverywhere(flow, every)) > every, 'it was killed more than once')
    })
  }
})
