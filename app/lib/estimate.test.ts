import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { guessesFor } from './estimate.ts'

const WORDS = ['lovelace', 'latchkey', 'example', 'accounts']
const weak = (password: string) => guessesFor(password, WORDS) < 8

/** The most work for the estimator: spellings, dates, words in a row, each in 256 characters. */
const WORST = [
  '4@8({[<369|!1/|\\|0$5+7%2'.repeat(11),
  '19871988199019912001'.repeat(13),
  '1.1.91-2/2/92'.repeat(20),
  'passwordmasterdragonmonkeyshadowbaseballfootball'.repeat(6),
  'qwertyuiopasdfghjklzxcvbnm'.repeat(10),
  'vv\\/\\/|\\|()_[]3'.repeat(20),
  'aB1!'.repeat(64),
  'a'.repeat(256),
  Array.from({ length: 256 }, (_, index) => String.fromCharCode(33 + ((index * 37 + index ** 2) % 94))).join(''),
].map((text) => text.slice(0, 256))

describe('an estimate', () => {
  test('counts what is said again once, however far apart: in words, numbers and signs', () => {
    for (const password of ['Summer2024', 'Winter-2024', 'dragon.monkey'])
      for (const again of [password, `${password}-${password}`, `${password}${password}`, password.repeat(12)])
        assert.ok(weak(again), again)
  })

  test('multiplies parts and adds nothing for their number: three weak words are no strong password', () => {
    assert.ok(weak('WinterWinter2023!'), 'a season and a year')
    assert.ok(weak('Summer2024Winter'), 'two seasons and a year')
    assert.ok(!weak('violet kettle marches'), 'three words of a larger list')
  })

  test('sees what stands behind a weak beginning', () => {
    assert.ok(weak('passwordpasswordpasswordpasswordpassword'), 'nothing does')
    assert.ok(!weak('passwordpasswordpasswordpassword violet kettle marches north'), 'a sentence does')
  })

  test('cuts no word in two: half a common one would pass for a random one', () => {
    for (let times = 2; times <= 28; times++) assert.ok(weak('password1'.repeat(times)), `${times} times`)
  })

  test('reads 64 characters of the worst 256, in two pieces, whatever the rest is (A62)', () => {
    for (const password of WORST) {
      const whole = guessesFor(password, WORDS)
      assert.ok(Number.isFinite(whole), password)
      assert.equal(guessesFor(`${password}${'¤'.repeat(1000)}`, WORDS) >= whole, true, password)
    }
  })

  test('of the worst 256 characters is no more than twenty times the work of a plain sentence (A62)', () => {
    const time = (passwords: string[]) => {
      const started = process.cpuUsage()
      for (let round = 0; round < 5; round++) for (const password of passwords) guessesFor(password, WORDS)
      const { user, system } = process.cpuUsage(started)
      return (user + system) / passwords.length
    }
    const plain = Array.from(
      { length: 9 },
      (_, index) => `violet kettle ${index} marches north while eleven sardines hum`,
    )
    time([...WORST, ...plain])
    const [worst, usual] = [time(WORST), time(plain)]
    assert.ok(worst < 20 * usual, `${worst} µs against ${usual} µs`)
  })
})
