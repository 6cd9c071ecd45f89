import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { displayed, newRecoveryCodes, readTypedCode } from './codes.ts'

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'
const recovery = (code: string) => ({ kind: 'recovery_code', code })
const malformed = { kind: 'malformed' }

describe('new recovery codes', () => {
  const sets = Array.from({ length: 500 }, () => newRecoveryCodes())
  const all = sets.flat()

  test('are twelve, of ten characters of Crockford’s base32', () => {
    for (const codes of sets) assert.equal(codes.length, 12)
    for (const code of all) assert.match(code, /^[0-9a-hjkmnp-tv-z]{10}$/)
  })

  test('never repeat, in a set or between sets', () => {
    assert.equal(new Set(all).size, all.length)
  })

  test('use every character of the alphabet, about as often, at every place', () => {
    for (let place = 0; place < 10; place++) {
      const counts = new Map<string, number>()
      for (const code of all) counts.set(code.charAt(place), (counts.get(code.charAt(place)) ?? 0) + 1)
      assert.equal([...counts.keys()].sort().join(''), CROCKFORD)
      // 6,000 draws of 32: 187.5 each, standard deviation 13.5; seven of those are one in 10^11.
      for (const count of counts.values()) assert.ok(Math.abs(count - 187.5) < 95, `${count} times`)
    }
  })

  test('are read back as they are displayed', () => {
    for (const code of all.slice(0, 100)) {
      assert.match(displayed(code), /^.{5}-.{5}$/)
      assert.deepEqual(readTypedCode(displayed(code)), recovery(code))
    }
  })
})

describe('what is typed into the one field', () => {
  test('spaces, dashes of any kind and letter case are forgiven (A21)', () => {
    const typed = [
      '0abcd-efgh1',
      '0ABCDEFGH1',
      ' 0aBcD eFgH1 ',
      '0-a-b-c-d-e-f-g-h-1',
      '0abcd\u00a0efgh1',
      '0abcd\tefgh1\r\n',
    ]
    const dashes = ['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\ufe58', '\ufe63', '\uff0d']
    for (const text of [...typed, ...dashes.map((dash) => `0abcd${dash}efgh1`)])
      assert.deepEqual(readTypedCode(text), recovery('0abcdefgh1'), JSON.stringify(text))
  })

  test('o is read as 0, i and l as 1 (A21)', () => {
    assert.deepEqual(readTypedCode('oO0iI-lL1ab'), recovery('00011111ab'))
  })

  test('a code of ten digits is a recovery code too', () => {
    assert.deepEqual(readTypedCode('01234-56789'), recovery('0123456789'))
  })

  test('look-alikes of other alphabets are refused, not read (A21)', () => {
    const good = '0abcdefgh1'
    const lookAlikes = {
      'Cyrillic a': good.replace('a', '\u0430'),
      'Cyrillic c': good.replace('c', '\u0441'),
      'full width a': good.replace('a', '\uff41'),
      'Kelvin sign': '0abcdefgh\u212a',
      'dotted capital I': '0abcdefgh\u0130',
      'long s': '0abcdefgh\u017f',
      'combining accent': `${good}\u0301`,
      'circled digit': good.replace('1', '\u2460'),
      'superscript digit': good.replace('1', '\u00b9'),
      u: '0abcdefghu',
      U: '0ABCDEFGHU',
    }
    for (const [name, text] of Object.entries(lookAlikes)) assert.deepEqual(readTypedCode(text), malformed, name)
  })

  test('a line of our own file, an entry of a list, and what stands around it are forgiven', () => {
    const lines = [
      ' 1. 0abcd-efgh1',
      '12. 0abcd-efgh1\r\n',
      '1) 0abcd-efgh1',
      '(7) 0abcd-efgh1',
      '3: 0abcd-efgh1',
      '\u2022 0abcd-efgh1',
      '- 0abcd-efgh1',
      '* 0abcd-efgh1',
      '\u2610 0abcd-efgh1',
      '\u2611\ufe0f 1. 0abcd-efgh1',
      '1. \u2610 0abcd-efgh1',
      '- [ ] 0abcd-efgh1',
      '- [x] 2. 0abcd-efgh1',
      '> 0abcd-efgh1',
      '0abcd-efgh1.',
      '0abcd-efgh1,',
      '0abcd-efgh1;',
      '"0abcd-efgh1"',
      '\u201c0abcd-efgh1\u201d,',
      '\u00ab\u00a00abcd-efgh1\u00a0\u00bb',
      '`0abcd-efgh1`',
      '**0abcd-efgh1**',
    ]
    for (const text of lines) assert.deepEqual(readTypedCode(text), recovery('0abcdefgh1'), JSON.stringify(text))
    for (const text of ['"012 345"', '012345.', '\u2022 012-345', '[012345]', '1. 012345'])
      assert.deepEqual(readTypedCode(text), { kind: 'authenticator', code: '012345' }, JSON.stringify(text))
  })

  test('other dashes and invisible marks are forgiven', () => {
    for (const dash of ['\u2212', '\u2043', '\u02d7', '\u2500', '\u30fc', '\uff70', '\u2796', '\u00ad', '\u202f'])
      assert.deepEqual(readTypedCode(`0abcd${dash}efgh1`), recovery('0abcdefgh1'), JSON.stringify(dash))
    for (const mark of [
      '\ufeff',
      '\u200b',
      '\u200d',
      '\u200e',
      '\u2060',
      '\u202e',
      '\u2066',
      '\ufe0f',
      '\u034f',
      '\u3164',
    ])
      for (const text of [`${mark}0abcd-efgh1`, `0abcd${mark}-efgh1`, `0abcd-efgh1${mark}`])
        assert.deepEqual(readTypedCode(text), recovery('0abcdefgh1'), JSON.stringify(text))
  })

  test('digits of any script are read as ours', () => {
    const others = Intl.supportedValuesOf('numberingSystem').filter((system) =>
      /^\p{Nd}{2}$/u.test(written(system, 10)),
    )
    assert.ok(others.length > 50, `${others.length} scripts have digits of their own`)
    for (const system of others) {
      assert.deepEqual(readTypedCode(written(system, 102_345)), { kind: 'authenticator', code: '102345' }, system)
      assert.deepEqual(readTypedCode(written(system, 1_678_923_450)), recovery('1678923450'), system)
    }
    assert.deepEqual(readTypedCode('\u0661. \u0662\u0663\u0664 \u0665\u0666\u0667'), {
      kind: 'authenticator',
      code: '234567',
    })
  })

  test('a text that holds two codes is refused, and none of them is guessed', () => {
    const two = [
      '0abcd-efgh1 2abcd-efgh3',
      '0abcd-efgh1, 2abcd-efgh3',
      ' 1. 0abcd-efgh1\n 2. 2abcd-efgh3',
      '1. 0abcd-efgh1 2. 2abcd-efgh3',
      '012345 678901',
      '012345/678901',
      '012345 or 0abcd-efgh1',
      '0abcd-efgh1 012345',
      '1. 012345 2. 678901',
      '012345.678901',
      '12. 345678. 901234',
    ]
    for (const text of two) assert.deepEqual(readTypedCode(text), malformed, JSON.stringify(text))
  })

  test('a number is taken off only with its mark and a blank behind it', () => {
    for (const text of [
      '1.0abcd-efgh1',
      '1 0abcd-efgh1',
      '123. 0abcd-efgh1',
      '1. 2. 0abcd-efgh1',
      '1.012345',
      '1 012345',
    ])
      assert.deepEqual(readTypedCode(text), malformed, JSON.stringify(text))
  })

  test('a long text is refused before anything reads it', () => {
    const started = performance.now()
    for (const part of [' ', '-', '\u202e', '\u{1d7ff}', '1. ', '"'])
      for (const text of [part.repeat(1_000_000), `${part.repeat(300)}012345`])
        assert.deepEqual(readTypedCode(text), malformed, JSON.stringify(part))
    assert.ok(performance.now() - started < 1000, 'it took a second')
    assert.equal(readTypedCode(`${' '.repeat(250)}012345`).kind, 'authenticator', '256 is not too long')
    assert.equal(readTypedCode(`${' '.repeat(251)}012345`).kind, 'malformed', '257 is')
  })

  test('six digits are an authenticator code, with spaces and dashes in it or not (A20)', () => {
    for (const typed of ['012345', '012 345', '012-345', ' 0 1 2 3 4 5 ', '012\u2013345'])
      assert.deepEqual(readTypedCode(typed), { kind: 'authenticator', code: '012345' })
  })

  test('anything else is malformed, and nothing throws (A20)', () => {
    const junk = ['', ' ', '-', '12345', '1234567', '1e5999', '+12345', '-1234', '12345.', '0x1234', '12,345']
    const digits = ['①②③④⑤⑥', '\u4e00\u4e8c\u4e09\u56db\u4e94\u516d', '\u00b9\u00b2\u00b3\u2074\u2075\u2076']
    const long = ['1'.repeat(10_000), 'a'.repeat(9), 'a'.repeat(11), 'a'.repeat(10_000), '\ud800', '\u0000123456']
    for (const typed of [...junk, ...digits, ...long])
      assert.deepEqual(readTypedCode(typed), malformed, JSON.stringify(typed.slice(0, 20)))
  })
})

/** The number in a script's digits. */
const written = (system: string, number: number) =>
  new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false }).format(number)
