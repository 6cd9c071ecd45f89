import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTurns } from './turns.ts'

const ADA = '192.0.2.1'
const BOB = '192.0.2.2'

class Full extends Error {
  constructor(readonly seconds: number) {
    super('full')
  }
}

/** Work on its own clock: `turn` lets this many milliseconds pass, and ends what runs. `served` says whose turns ended. */
function queue(places = 1) {
  let now = 0
  const running: (() => void)[] = []
  const served: string[] = []
  const turned: string[] = []
  const turns = createTurns({ places, full: (seconds) => new Full(seconds), clock: () => now })
  return {
    served,
    turned,
    turns,
    ask: (name: string, address = name) =>
      turns
        .inTurn(address, () => new Promise<void>((resolve) => running.push(resolve)))
        .then(() => served.push(name))
        .catch((error) => {
          assert.ok(error instanceof Full, String(error))
          turned.push(`${name} ${error.seconds}`)
        }),
    async turn(ms = 50) {
      await new Promise(setImmediate)
      now += ms
      for (const end of running.splice(0)) end()
      await new Promise(setImmediate)
    },
  }
}

describe('turns', () => {
  test('go to each address in turn: who comes behind a hundred of another waits for one of them', async () => {
    const { ask, turn, served } = queue()
    for (let many = 0; many < 90; many++) ask(ADA)
    ask(BOB)
    for (let many = 0; many < 3; many++) await turn()
    assert.deepEqual(served, [ADA, ADA, BOB])
    await turn()
    assert.deepEqual(served, [ADA, ADA, BOB, ADA])
  })

  test('of one address come in the order in which they were asked for', async () => {
    const { ask, turn, served } = queue()
    for (const name of ['one', 'two', 'three', 'four']) ask(name, ADA)
    for (let many = 0; many < 4; many++) await turn()
    assert.deepEqual(served, ['one', 'two', 'three', 'four'])
  })

  test('go round: an address that asks again stands behind all others that wait', async () => {
    const { ask, turn, served } = queue()
    for (const name of ['a1', 'a2', 'a3']) ask(name, ADA)
    for (const name of ['b1', 'b2']) ask(name, BOB)
    ask('c1', '192.0.2.3')
    for (let many = 0; many < 6; many++) await turn()
    assert.deepEqual(served, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2'])
  })

  test('are one for a whole IPv6 /64: its addresses together have one turn in a round', async () => {
    const { ask, turn, served } = queue()
    for (let host = 1; host <= 20; host++) ask('crowd', `2001:db8:1:2::${host}`)
    ask('other', '2001:db8:1:3::1')
    for (let many = 0; many < 3; many++) await turn()
    assert.deepEqual(served, ['crowd', 'crowd', 'other'])
  })

  test('one address alone may wait in any number, as long as the last of them waits for five seconds at most', async () => {
    const { ask, turn, turns, served, turned } = queue()
    for (let many = 0; many < 110; many++) ask(ADA)
    assert.deepEqual(turns.load(), { running: 1, waiting: 100 }) // of 50 ms each
    await turn(0)
    assert.equal(turned.length, 9)
    for (let many = 0; many < 110; many++) await turn()
    assert.deepEqual([served.length, turned.length], [101, 9])
  })

  test('a full queue makes room: the last of the address that waits most is turned away, and nobody else', async () => {
    const { ask, turn, served, turned, turns } = queue()
    for (let many = 0; many <= 100; many++) ask(`a${many}`, ADA)
    ask('b1', BOB)
    assert.deepEqual(turns.load(), { running: 1, waiting: 100 }, 'as many as before')
    await turn()
    assert.deepEqual(turned, ['a100 6'])
    for (let many = 0; many < 2; many++) await turn()
    assert.ok(served.includes('b1'), served.join(' '))
  })

  test('who waits as much as anybody makes no room for himself', async () => {
    const { ask, turn, turned, turns } = queue()
    for (let many = 0; many <= 100; many++) ask('crowd', `192.0.2.${many}`)
    ask('again', '192.0.2.50')
    ask('new', '198.51.100.1')
    assert.deepEqual(turns.load(), { running: 1, waiting: 100 })
    await turn()
    assert.deepEqual(turned, ['again 6', 'new 6'])
  })

  test('who has waited for ten seconds has gone, and no turn is spent on him', async () => {
    const { ask, turn, served, turned } = queue()
    ask('slow', ADA)
    ask('waits', ADA)
    await turn(10_001)
    assert.deepEqual([served, turned], [['slow'], ['waits 10']])
    ask('next', ADA)
    await turn()
    assert.deepEqual(served, ['slow', 'next'])
  })

  test('as many run at once as there are places; work that fails gives its place back', async () => {
    const { turns } = queue(2)
    const failing = Array.from({ length: 5 }, () => turns.inTurn(ADA, () => Promise.reject(new Error('broken'))))
    assert.deepEqual(turns.load(), { running: 2, waiting: 3 })
    const ends = await Promise.allSettled(failing)
    assert.ok(
      ends.every(({ status }) => status === 'rejected'),
      'each of them failed',
    )
    assert.deepEqual(turns.load(), { running: 0, waiting: 0 })
  })
})
