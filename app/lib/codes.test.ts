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
      'full width digit': good.replace('1', '\uff11'),
      'zero width space': `0abcd\u200befgh1`,
      'zero width joiner': `0abcd\u200defgh1`,
      'soft hyphen': `0abcd\u00adefgh1`,
      'Kelvin sign': '0abcdefgh\u212a',
      'dotted capital I': '0abcdefgh\u0130',
      'long s': '0abcdefgh\u017f',
      'combining accent': `${good}\u0301`,
      'right-to-left override': `\u202e${good}`,
      'minus sign, which is no dash': '0abcd\u2212efgh1',
      'Arabic-Indic digit': good.replace('1', '\u0661'),
      u: '0abcdefghu',
      U: '0ABCDEFGHU',
    }
    for (const [name, text] of Object.entries(lookAlikes)) assert.deepEqual(readTypedCode(text), malformed, name)
  })

  test('six digits are an authenticator code, with spaces and dashes in it or not (A20)', () => {
    for (const typed of ['012345', '012 345', '012-345', ' 0 1 2 3 4 5 ', '012\u2013345'])
      assert.deepEqual(readTypedCode(typed), { kind: 'authenticator', code: '012345' })
  })

  test('anything else is malformed, and nothing throws (A20)', () => {
    const junk = ['', ' ', '-', '12345', '1234567', '1e5999', '+12345', '-1234', '12345.', '0x1234', '12,345']
    const digits = ['\u0661\u0662\u0663\u0664\u0665\u0666', '\uff11\uff12\uff13\uff14\uff15\uff16', '①②③④⑤⑥']
    const long = ['1'.repeat(10_000), 'a'.repeat(9), 'a'.repeat(11), 'a'.repeat(10_000), '\ud800', '\u0000123456']
    for (const typed of [...junk, ...digits, ...long])
      assert.deepEqual(readTypedCode(typed), malformed, JSON.stringify(typed.slice(0, 20)))
  })
})
