import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testClock } from '#testing/clock.ts'
import { keptLog } from '#testing/log.ts'
import { HashQueueFull } from '../lib/passwords.ts'
import { createMetrics, noMetrics } from './metrics.ts'
import { createWatch } from './watch.ts'

const MINUTE = 60_000

function watching() {
  const clock = testClock()
  const kept = keptLog()
  const watch = createWatch({ log: kept.log, metrics: noMetrics, now: clock.now })
  const refuse = (reason: string, address = '192.0.2.1') =>
    watch.attempt({ door: 'browser', address }, async () => ({ ok: false, reason }) as const)
  return { ...kept, clock, watch, refuse }
}

describe('how much is written while the site is attacked', () => {
  test('refused waits of one address are one line a minute', async () => {
    const { clock, refuse, of } = watching()
    for (let guess = 0; guess < 500; guess++) await refuse('wait')
    assert.equal(of('refused').length, 1)
    clock.advance(MINUTE - 1)
    await refuse('wait')
    assert.equal(of('refused').length, 1)
    clock.advance(1)
    await refuse('wait')
    assert.equal(of('refused').length, 2)
  })

  test('another address and another reason are lines of their own; an IPv6 network is one address', async () => {
    const { refuse, of } = watching()
    for (const address of ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2']) await refuse('wait', address)
    await refuse('blocked')
    assert.deepEqual(
      of('refused').map(({ address, reason }) => `${address} ${reason}`),
      ['192.0.2.1 wait', '192.0.2.2 wait', '2001:db8::1 wait', '192.0.2.1 blocked'],
    )
  })

  test('ten thousand addresses are a thousand lines a minute', async () => {
    const { clock, refuse, of } = watching()
    const all = () => Promise.all(Array.from({ length: 10_000 }, (_, n) => refuse('wait', `10.0.${n >> 8}.${n & 255}`)))
    await all()
    assert.equal(of('refused').length, 1000)
    clock.advance(MINUTE)
    await all()
    assert.equal(of('refused').length, 2000)
  })

  test('what is written as a security event is no second line', async () => {
    const { refuse, text } = watching()
    for (const reason of ['wrong_credentials', 'wrong_code', 'used_code', 'malformed', 'expired']) await refuse(reason)
    assert.equal(text(), '')
  })

  test('faults are a hundred lines a minute, and then how many were left out', () => {
    const { clock, watch, of } = watching()
    for (let fault = 0; fault < 130; fault++) watch.fault(new Error('broken'))
    assert.equal(of('fault').length, 100)
    clock.advance(MINUTE)
    watch.fault(new Error('broken'))
    assert.equal(of('fault').length, 101)
    assert.deepEqual(
      of('faults_left_out').map(({ leftOut }) => leftOut),
      [30],
    )
  })
})

describe('an attempt', () => {
  test('comes to the same, watched or not: results and exceptions go through as they are', async () => {
    const { watch, of } = watching()
    const who = { door: 'api', address: '192.0.2.1' } as const
    const result = { ok: false, reason: 'wrong_code' } as const
    assert.equal(await watch.attempt(who, async () => result), result)
    const full = new HashQueueFull()
    await assert.rejects(
      watch.attempt(who, () => Promise.reject(full)),
      (error) => error === full,
    )
    assert.deepEqual(
      of('refused').map(({ reason }) => reason),
      ['busy'],
    )
  })
})

test('mails are counted by what became of them', async () => {
  const metrics = await createMetrics()
  metrics.mail('sent')
  metrics.mail('sent')
  metrics.mail('failed')
  const { body } = await metrics.text()
  for (const line of ['{result="sent"} 2', '{result="failed"} 1'])
    assert.ok(body.includes(`latchkey_mails_total${line}\n`))
})

describe('what an operator has to mend', () => {
  test('a mail that fails is a line at warn for each cause and hour, however many are tried', () => {
    const { clock, watch, of } = watching()
    const away = "the mail server can't be reached"
    for (let tries = 0; tries < 50; tries++) watch.mailFailed(away)
    watch.mailFailed("the mail server didn't take it (451)")
    assert.deepEqual(
      of('mail_failed').map(({ level, reason }) => [level, reason]),
      [
        ['warn', away],
        ['warn', "the mail server didn't take it (451)"],
      ],
    )
    clock.advance(60 * MINUTE - 1)
    watch.mailFailed(away)
    assert.equal(of('mail_failed').length, 2)
    clock.advance(1)
    watch.mailFailed(away)
    assert.equal(of('mail_failed').length, 3)
  })

  test('requests for other hosts, and from other sites, are a line a minute each, whatever they ask for', () => {
    const { clock, watch, of } = watching()
    for (let n = 0; n < 500; n++) {
      watch.otherHost(`${n}.example`, 'latchkey.test')
      watch.otherSite(`Origin: https://${n}.example`, 'https://latchkey.test')
    }
    assert.deepEqual([of('other_host').length, of('other_site').length], [1, 1])
    clock.advance(MINUTE)
    watch.otherHost('later.example', 'latchkey.test')
    watch.otherSite('nothing', 'https://latchkey.test')
    assert.deepEqual(
      of('other_host').map(({ level, asked, expected }) => [level, asked, expected]),
      [
        ['warn', '0.example', 'latchkey.test'],
        ['warn', 'later.example', 'latchkey.test'],
      ],
    )
    assert.equal(of('other_site').at(-1)?.asked, 'nothing')
  })
})
