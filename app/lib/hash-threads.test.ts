import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { describe, test } from 'node:test'
import { hash } from '@node-rs/argon2'
import { hashThreads } from './hash-threads.ts'

const QUICK = { memoryCost: 8, timeCost: 1, parallelism: 1 }

describe('the threads that hash', () => {
  test('make and check the same hashes as this one, and the event loop turns meanwhile', async () => {
    const threads = hashThreads(2)
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    const made = await threads.hash('violet kettle', { ...QUICK, memoryCost: 19_456, timeCost: 3 })
    clearInterval(turning)
    assert.match(made, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/)
    assert.ok(turns > 1, `the loop turned ${turns} times`)
    assert.deepEqual(await Promise.all(['violet kettle', 'another'].map((typed) => threads.verify(made, typed))), [
      true,
      false,
    ])
    assert.equal(await threads.verify(await hash('from elsewhere', QUICK), 'from elsewhere'), true)
  })

  test('say of what is no hash that it is none, and go on', async () => {
    const threads = hashThreads(1)
    for (let round = 0; round < 2; round++) await assert.rejects(threads.verify('!', 'anything'), /failed/)
    assert.equal(await threads.verify(await threads.hash('right', QUICK), 'right'), true)
  })

  test('are no more than what was asked for', async () => {
    const threads = hashThreads(1)
    const first = threads.hash('one', QUICK)
    await assert.rejects(threads.hash('another', QUICK), /More than 1/)
    assert.match(await first, /^\$argon2id/)
  })

  if (process.platform === 'linux')
    test('give way to the one that answers requests', async () => {
      const before = getPriority()
      await hashThreads(1).hash('violet kettle', QUICK)
      assert.equal(getPriority(), before)
      const threads = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'))
      // proc_pid_stat(5): the 19th value is the nice value, the 17th behind the name in brackets.
      const nice = threads.map((line) => Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[16]))
      assert.ok(nice.includes(5), `${nice}`)
    })
})
