import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startMailLoop } from './mail-loop.ts'

const unexpected = (fault: unknown) => assert.fail(String(fault))
const PACE = { every: 120, soon: 20 }
const AN_HOUR = 60 * 60_000

describe('the mail loop', () => {
  test('runs at once, soon after it is woken, and every so often by itself', async () => {
    let runs = 0
    const loop = startMailLoop(async () => void runs++, unexpected, PACE)
    assert.equal(runs, 1)
    for (let times = 0; times < 5; times++) loop.wake()
    await pause(60)
    assert.equal(runs, 2, 'woken five times, it runs once')
    await pause(130)
    assert.equal(runs, 3)
    await loop.stop()
    loop.wake()
    await pause(150)
    assert.equal(runs, 3, 'stopped is stopped')
  })

  test('never runs twice at once; what wakes it meanwhile makes it run again', async () => {
    let runs = 0
    let end = () => {}
    const loop = startMailLoop(
      () => {
        runs++
        return new Promise((resolve) => {
          end = resolve
        })
      },
      unexpected,
      { every: AN_HOUR, soon: 5 },
    )
    for (let times = 0; times < 6; times++) {
      loop.wake()
      await pause(10)
    }
    assert.equal(runs, 1)
    end()
    await pause(100)
    assert.equal(runs, 2)
    end()
    await pause(100)
    assert.equal(runs, 2, 'six were one')
    await loop.stop()
  })

  test('goes on after a fault, which it reports', async () => {
    const faults: unknown[] = []
    let runs = 0
    const loop = startMailLoop(
      async () => {
        runs++
        throw new Error('the database is away')
      },
      (fault) => faults.push(fault),
      PACE,
    )
    await pause(20)
    loop.wake()
    await pause(50)
    await loop.stop()
    assert.equal(runs, 2)
    assert.equal(faults.length, 2)
  })

  test('told to stop, it waits for the mail in flight and begins no other', async () => {
    let ended = false
    const loop = startMailLoop(
      async (stopping) => {
        while (!stopping()) await pause(30)
        ended = true
      },
      unexpected,
      PACE,
    )
    await loop.stop()
    assert.ok(ended)
  })
})
