import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { totpWrites } from '#db/stores/factors/totp.ts'
import { codeOf } from '#testing/index.ts'
import { judgeCode, NEVER_USED, totp } from './totp.ts'

const factor = totp({ issuer: 'Gate & House' }, totpWrites)
const RFC_SECRET = Buffer.from('12345678901234567890') // both RFCs use it
const RFC_KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const at = (seconds: number) => new Date(seconds * 1000)
const judge = (code: string, seconds: number, counter = NEVER_USED) => judgeCode(RFC_SECRET, code, counter, at(seconds))

const WRONG = { kind: 'totp', reason: 'wrong_code' }
const STEP = 59_000_000 // a time step in 2026
const START = STEP * 30
const code = (stepsAway: number) => codeOf(RFC_KEY, at(START), stepsAway)

describe('the vectors', () => {
  const TOTP: [number, string][] = [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ]
  for (const [seconds, eightDigits] of TOTP)
    test(`RFC 6238 appendix B, SHA-1, second ${seconds}`, async () => {
      assert.deepEqual(await judge(eightDigits.slice(2), seconds), { step: Math.floor(seconds / 30) })
    })

  const HOTP = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
  for (const [counter, sixDigits] of HOTP.entries())
    test(`RFC 4226 appendix D, count ${counter}`, async () => {
      assert.deepEqual(await judge(sixDigits, counter * 30 + 30), { step: counter })
    })
})

describe('the window', () => {
  test('takes the step before, this one and the next, and no other', async () => {
    for (const away of [-1, 0, 1])
      assert.deepEqual(await judge(code(away), START + 12), { step: STEP + away }, `T${away}`)
    for (const away of [-3, -2, 2, 3]) assert.equal('step' in (await judge(code(away), START + 12)), false, `T${away}`)
  })

  test('opens and closes to the second', async () => {
    assert.deepEqual(await judge(code(0), START - 31), WRONG)
    assert.deepEqual(await judge(code(0), START - 30), { step: STEP })
    assert.deepEqual(await judge(code(0), START + 59), { step: STEP })
    assert.deepEqual(await judge(code(0), START + 60), { kind: 'totp', reason: 'old_code', secondsAgo: 30 })
  })

  test('a fraction of a second changes nothing', async () => {
    const late = new Date((START + 60) * 1000 - 1)
    assert.equal('step' in (await judgeCode(RFC_SECRET, code(0), NEVER_USED, late)), true)
    const early = new Date((START - 30) * 1000 - 1)
    assert.equal('step' in (await judgeCode(RFC_SECRET, code(0), NEVER_USED, early)), false)
  })
})

describe('what a refusal tells', () => {
  test('past codes are explained up to five minutes', async () => {
    for (let away = -2; away >= -11; away--) {
      const secondsAgo = 12 - (away + 1) * 30
      assert.deepEqual(await judge(code(away), START + 12), { kind: 'totp', reason: 'old_code', secondsAgo })
    }
    for (const away of [-12, -13, -20, -120]) assert.deepEqual(await judge(code(away), START + 12), WRONG, `T${away}`)
  })

  test('future codes never: each is as wrong as any other', async () => {
    for (let away = 2; away <= 40; away++) assert.deepEqual(await judge(code(away), START + 12), WRONG, `T+${away}`)
  })

  test('a used code says when the next one comes; an older one as well (A03)', async () => {
    const used = (nextInSeconds: number) => ({ kind: 'totp', reason: 'used_code', nextInSeconds })
    assert.deepEqual(await judge(code(0), START + 12, STEP), used(18))
    assert.deepEqual(await judge(code(0), START, STEP), used(30))
    assert.deepEqual(await judge(code(0), START + 29, STEP), used(1))
    assert.deepEqual(await judge(code(-1), START + 12, STEP - 1), used(0), 'the device shows the next already')
    assert.deepEqual(await judge(code(1), START + 12, STEP + 1), used(48))
    assert.deepEqual(await judge(code(0), START + 12, STEP + 1), used(48), 'T after T+1')
    assert.deepEqual(await judge(code(1), START + 12, STEP), { step: STEP + 1 })
  })

  test('a clock that went back lets no used code in, and is no fault (A71)', async () => {
    assert.equal('step' in (await judge(code(0), START, STEP + 120)), false)
    for (const seconds of [0, 1, 29, -1, -31, -1_000_000])
      assert.equal('step' in (await judge('000000', seconds)), false)
  })

  test('the very first step is judged like every other', async () => {
    assert.deepEqual(await judge('755224', 0), { step: 0 })
  })
})

describe('what is no code', () => {
  const digits = ['\u0661\u0662\u0663\u0664\u0665\u0666', '\uff11\uff12\uff13\uff14\uff15\uff16']
  const shapes = [
    '',
    '12345',
    '1234567',
    '12 345',
    '-12345',
    '+12345',
    '1e5999',
    '12345\n',
    '0x1234',
    '1'.repeat(10_000),
  ]
  for (const typed of [...digits, ...shapes])
    test(`is wrong and throws nothing: ${JSON.stringify(typed.slice(0, 12))} (A20)`, async () => {
      assert.deepEqual(await judge(typed, START), WRONG)
    })
})

describe('what the device is given', () => {
  test('a new secret of 160 random bits each time', () => {
    const secrets = Array.from({ length: 1000 }, () => Buffer.from(factor.begin()).toString('hex'))
    assert.ok(secrets.every((secret) => /^[0-9a-f]{40}$/.test(secret)))
    assert.equal(new Set(secrets).size, 1000)
  })

  test('key and otpauth: URI say the same, with issuer and account escaped', async () => {
    const shown = await factor.show(RFC_SECRET, 'ada+x&y@example.com')
    assert.equal(shown.key, RFC_KEY)
    const uri = new URL(shown.uri)
    assert.equal(`${uri.protocol}//${uri.host}`, 'otpauth://totp')
    assert.equal(decodeURIComponent(uri.pathname), '/Gate & House:ada+x&y@example.com')
    assert.equal(uri.searchParams.get('secret'), RFC_KEY)
    assert.equal(uri.searchParams.get('issuer'), 'Gate & House')
    for (const [name, usual] of Object.entries({ algorithm: 'SHA1', digits: '6', period: '30' }))
      assert.equal(uri.searchParams.get(name) ?? usual, usual)
  })

  test('the QR code is black on white with a quiet zone, and holds no text of a person', async () => {
    const { qrSvg } = await factor.show(RFC_SECRET, '<script>@example.com')
    assert.match(qrSvg, /^<svg [^>]*>/)
    assert.match(qrSvg, /fill="#ffffff"/)
    assert.match(qrSvg, /stroke="#000000"/)
    assert.match(qrSvg, /M4 4\.5h7/, 'the first finder pattern begins after four modules')
    assert.ok(!qrSvg.includes('script'))
  })
})
