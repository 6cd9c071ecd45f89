import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, test } from 'node:test'
import { guessesFor } from './estimate.ts'
import { createGuesses, type Question } from './guesses.ts'
import { HashQueueFull } from './passwords.ts'
import type { Thread } from './threads.ts'

const HERE = '192.0.2.1'
const question = (password = 'violet kettle marches north') => ({ password, words: ['ada'] })

/** Threads that answer when they are told to, and how many were started. */
function threads() {
  const started: (Thread & EventEmitter & { asked: Question[]; held: boolean })[] = []
  const start = () => {
    const asked: Question[] = []
    const thread = Object.assign(new EventEmitter(), {
      ...{ asked, held: false },
      postMessage: (of: Question) => void asked.push(of),
      ref: () => Object.assign(thread, { held: true }),
      unref: () => Object.assign(thread, { held: false }),
    })
    started.push(thread as never)
    return thread as unknown as Thread
  }
  return { started, start }
}
const soon = () => new Promise(setImmediate)

describe('the estimator’s thread', () => {
  test('answers what the estimator would say here, and the event loop turns meanwhile', {
    timeout: 60_000,
  }, async () => {
    const guesses = createGuesses()
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    const passwords = ['Summer2024Summer', 'violet kettle marches north', '4@8({[<369|!1/|0$5+7%2'.repeat(11)]
    const answers = await Promise.all(passwords.map((password) => guesses.of(question(password), HERE)))
    clearInterval(turning)
    assert.deepEqual(
      answers,
      passwords.map((password) => guessesFor(password, ['ada'])),
    )
    assert.ok(turns > passwords.length, `the loop turned ${turns} times`)
  })

  test('starts with the first question, is one for all of them, and gets them one by one', async () => {
    const { started, start } = threads()
    const guesses = createGuesses({ start })
    assert.equal(started.length, 0)
    const answers = [guesses.of(question('a'), HERE), guesses.of(question('b'), HERE)]
    await soon()
    assert.deepEqual(
      started[0]?.asked.map(({ password }) => password),
      ['a'],
    )
    started[0]?.emit('message', 1)
    await soon()
    assert.deepEqual(
      started[0]?.asked.map(({ password }) => password),
      ['a', 'b'],
    )
    started[0]?.emit('message', 2)
    assert.deepEqual(await Promise.all(answers), [1, 2])
    assert.equal(started.length, 1)
  })

  test('that dies is replaced and asked again; its late end does not harm the next', async () => {
    const { started, start } = threads()
    const guesses = createGuesses({ start })
    const answer = guesses.of(question(), HERE)
    await soon()
    started[0]?.emit('error', new Error('out of memory'))
    await soon()
    started[0]?.emit('exit', 1)
    await soon()
    assert.equal(started.length, 2)
    started[1]?.emit('message', 12)
    assert.equal(await answer, 12)
  })

  test('that dies while nobody waits is replaced at the next question', async () => {
    const { started, start } = threads()
    const guesses = createGuesses({ start })
    for (const round of [0, 1]) {
      const answer = guesses.of(question(), HERE)
      await soon()
      started[round]?.emit('message', round)
      assert.equal(await answer, round)
      started[round]?.emit('exit', 0)
    }
    assert.equal(started.length, 2)
  })

  test('that dies twice over one password fails for this person alone', async () => {
    const { started, start } = threads()
    const guesses = createGuesses({ start })
    const failing = assert.rejects(guesses.of(question(), HERE), /ended with 7/)
    for (const round of [0, 1]) {
      await soon()
      started[round]?.emit('exit', 7)
    }
    await failing
    const next = guesses.of(question(), HERE)
    await soon()
    started[2]?.emit('message', 9)
    assert.equal(await next, 9)
  })

  test('holds the process only while somebody waits for an answer', async () => {
    const { started, start } = threads()
    const guesses = createGuesses({ start })
    const answer = guesses.of(question(), HERE)
    await soon()
    assert.equal(started[0]?.held, true)
    started[0]?.emit('message', 9)
    await answer
    assert.equal(started[0]?.held, false)
  })

  test('addresses take turns; who would wait for too long is told so, and counted', async () => {
    const { started, start } = threads()
    let refused = 0
    const guesses = createGuesses({ start, watch: { refused: () => void refused++ } })
    const flood = Array.from({ length: 120 }, () =>
      guesses.of(question('flood'), HERE).catch((error: unknown) => error),
    )
    const other = guesses.of(question('other'), '198.51.100.9')
    for (let turn = 0; turn < 3; turn++) {
      await soon()
      started[0]?.emit('message', turn)
    }
    assert.equal(await other, 2, 'the second turn after the one that ran')
    assert.deepEqual(
      started[0]?.asked.slice(0, 3).map(({ password }) => password),
      ['flood', 'flood', 'other'],
    )
    assert.equal(refused, 20)
    const first = await Promise.race(flood.slice(101))
    assert.ok(first instanceof HashQueueFull, String(first))
  })
})
