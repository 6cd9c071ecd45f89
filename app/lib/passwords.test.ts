import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hash } from '@node-rs/argon2'
import { createPasswords, HashQueueFull, type HashWatch } from './passwords.ts'

const HERE = '192.0.2.1'
const passwords = createPasswords({ cores: 2 })
const quick = await hash('right', { memoryCost: 8, timeCost: 1, parallelism: 1 }) // microseconds, for tests of the queue

describe('password hashes', () => {
  test('are argon2id with 19 MiB, three passes and one lane, each with a salt of its own', async () => {
    const [one, two] = await Promise.all([passwords.hash('violet kettle', HERE), passwords.hash('violet kettle', HERE)])
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$[\w+/]{22,}\$[\w+/]{43}$/)
    assert.notEqual(one, two)
    assert.ok(await passwords.verify(one, 'violet kettle', HERE))
    assert.ok(!(await passwords.verify(one, 'violet kettle ', HERE)))
    assert.ok(!(await passwords.verify(one, 'Violet kettle', HERE)))
  })

  test('the same keys on another keyboard are the same password (NFC)', async () => {
    const composed = await passwords.hash('caf\u00e9 \u1e69', HERE)
    assert.ok(await passwords.verify(composed, 'cafe\u0301 s\u0323\u0307', HERE))
    const decomposed = await passwords.hash('cafe\u0301 s\u0323\u0307', HERE)
    assert.ok(await passwords.verify(decomposed, 'caf\u00e9 \u1e69', HERE))
    assert.ok(!(await passwords.verify(composed, 'cafe \u1e69', HERE)))
  })

  test('compatibility forms stay apart: NFC, not NFKC', async () => {
    const stored = await hash('\ufb01ne', { memoryCost: 8, timeCost: 1, parallelism: 1 })
    assert.ok(!(await passwords.verify(stored, 'fine', HERE)))
  })

  test('nobody’s hash is never right, not even with its own password, and takes the work of a real one', async () => {
    const stored = await passwords.hash('x', HERE)
    // Processor time, which neighbours on the machine don't change.
    const time = async (work: () => Promise<unknown>) => {
      const started = process.cpuUsage()
      for (let times = 0; times < 5; times++) await work()
      const { user, system } = process.cpuUsage(started)
      return (user + system) / 1000
    }
    const real = await time(() => passwords.verify(stored, 'y', HERE))
    const nobodys = await time(() => passwords.verify(undefined, 'nobody has this password', HERE))
    assert.equal(await passwords.verify(undefined, 'nobody has this password', HERE), false)
    assert.ok(nobodys > real / 4, `${nobodys} ms against ${real} ms`)
  })

  test('weaker ones and those of other programs need another hash, today’s do not', async () => {
    assert.equal(passwords.needsRehash(await passwords.hash('x', HERE)), false)
    const of = (settings: string) => `$argon2id$v=19$${settings}$c2FsdHNhbHQ$aGFzaA`
    for (const other of ['m=19455,t=3,p=1', 'm=19456,t=2,p=1', 'm=65536,t=1,p=1', 'm=65536,t=3,p=4'])
      assert.equal(passwords.needsRehash(of(other)), true, other)
    assert.equal(passwords.needsRehash(of('m=19456,t=3,p=1')), false)
    for (const other of ['$argon2i$v=19$m=65536,t=3,p=1$x$y', '$argon2id$m=65536,t=3,p=1$x$y', '$2b$12$abc', ''])
      assert.equal(passwords.needsRehash(other), true, other)
  })
})

describe('the queue', () => {
  test('at most as many hashes at once as there are cores: the others wait for one of them to end', async () => {
    const { hash: slowly, verify } = createPasswords({ cores: 2 })
    const ended: string[] = []
    const slow = [1, 2].map(() => slowly('x', HERE).then(() => ended.push('slow')))
    const fast = [1, 2, 3, 4].map(() => verify(quick, 'right', HERE).then(() => ended.push('fast')))
    await Promise.all([...slow, ...fast])
    assert.equal(ended[0], 'slow', 'a quick one behind two slow ones has to wait')
  })

  test('whoever would wait for more than five seconds is told so at once, and how long it would be', async () => {
    for (const cores of [1, 2]) {
      const { passwords, turns, clock } = slowHashes(cores)
      const accepted = Array.from({ length: cores }, () => passwords.verify('x', 'right', HERE))
      await turns(cores, 1000) // the first hashes are timed: a second each
      for (let more = 0; more < 200; more++) {
        accepted.push(...Array.from({ length: cores }, () => passwords.verify('x', 'right', HERE)))
        await turns(cores, 1000) // until it expects a second
      }
      const full = Array.from({ length: 6 * cores }, () => passwords.verify('x', 'right', HERE)) // one runs on each core, five wait
      assert.deepEqual(passwords.load(), { running: cores, waiting: 5 * cores })
      const before = clock()
      await assert.rejects(passwords.verify('x', 'right', HERE), (error) => {
        assert.ok(error instanceof HashQueueFull)
        return error.retryAfterSeconds === 6
      })
      assert.equal(clock(), before, 'nobody waited for that answer')
      await turns(cores, 1000)
      const next = passwords.verify('x', 'right', HERE) // a place has become free
      for (let rest = 0; rest < 6; rest++) await turns(cores, 1000)
      assert.ok((await Promise.all([...accepted, ...full, next])).every(Boolean))
    }
  })

  test('when hashes take longer, fewer may wait; when they are quick again, more', async () => {
    const { passwords, turns } = slowHashes(1)
    const waitingAtMost = async (ms: number) => {
      for (let more = 0; more < 100; more++) {
        const done = passwords.verify('x', 'right', HERE)
        await turns(1, ms)
        await done
      }
      const results = []
      for (let more = 0; more < 300; more++) results.push(passwords.verify('x', 'right', HERE).catch(() => false))
      const { waiting } = passwords.load()
      for (let rest = 0; rest <= waiting; rest++) await turns(1, ms)
      await Promise.all(results)
      return waiting
    }
    assert.equal(await waitingAtMost(110), 45)
    assert.equal(await waitingAtMost(900), 5)
    assert.equal(await waitingAtMost(110), 45)
  })

  test('one that is refused is counted, and so are the seconds that each took', async () => {
    const told: string[] = []
    const watch = { hashed: (seconds: number) => told.push(`${seconds} s`), refused: () => told.push('refused') }
    const { passwords, turns } = slowHashes(1, watch)
    const first = passwords.verify('x', 'right', HERE)
    await turns(1, 60_000)
    await first
    const second = passwords.verify('x', 'right', HERE)
    await assert.rejects(
      passwords.verify('x', 'right', HERE),
      ({ retryAfterSeconds }: HashQueueFull) => retryAfterSeconds === 7,
    )
    await turns(1, 2000)
    await second
    assert.deepEqual(told, ['60 s', 'refused', '2 s'])
  })

  test('a hash that cannot be read gives its place back', async () => {
    const { verify } = createPasswords({ cores: 1 })
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => verify('$argon2id$broken', 'x', HERE)))
    assert.ok(results.every((result) => result.status === 'rejected' || result.value === false))
    assert.ok(await verify(quick, 'right', HERE))
  })
})

/** Passwords on their own clock. `turns` lets this many milliseconds pass, and ends the given number of hashes. */
function slowHashes(cores: number, watch?: HashWatch) {
  let now = 0
  const clock = () => now
  const running: (() => void)[] = []
  const verify = () => new Promise<boolean>((resolve) => running.push(() => resolve(true)))
  const argon2 = { hash: async () => 'x', verify }
  return {
    passwords: createPasswords({ cores, watch, argon2, clock }),
    clock,
    async turns(many: number, ms: number) {
      await new Promise(setImmediate)
      now += ms
      for (const end of running.splice(0, many)) end()
      await new Promise(setImmediate)
    },
  }
}
