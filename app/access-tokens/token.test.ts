import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { hintOf, isAccessToken, newAccessToken } from './token.ts'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('an access token', () => {
  test('is lk_, 32 letters and digits, and 6 more that are their CRC-32 in base62', () => {
    const token = newAccessToken()
    assert.match(token, /^lk_[0-9A-Za-z]{38}$/)
    const number = [...token.slice(-6)].reduce((sum, digit) => sum * 62 + LETTERS.indexOf(digit), 0)
    assert.equal(number, crc32(token.slice(0, -6)))
    assert.ok(isAccessToken(token))
  })

  test('is never the same: 10,000 differ', () => {
    assert.equal(new Set(Array.from({ length: 10_000 }, newAccessToken)).size, 10_000)
  })

  test('with any one letter changed is no token any more', () => {
    const token = newAccessToken()
    for (let place = 3; place < token.length; place++)
      for (const letter of LETTERS)
        if (letter !== token[place])
          assert.ok(!isAccessToken(token.slice(0, place) + letter + token.slice(place + 1)), `${letter} at ${place}`)
  })

  test('with two neighbours swapped is no token any more', () => {
    const token = newAccessToken()
    for (let place = 3; place + 1 < token.length; place++) {
      const [a = '', b = ''] = [token[place], token[place + 1]]
      if (a !== b) assert.ok(!isAccessToken(token.slice(0, place) + b + a + token.slice(place + 2)))
    }
  })

  test('in another case, shortened, lengthened, or with blanks around it is none', () => {
    const token = newAccessToken()
    for (const other of [
      token.toUpperCase(),
      token.toLowerCase(),
      token.slice(0, -1),
      token.slice(3),
      `${token}0`,
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      `LK${token.slice(2)}`,
      '',
      'lk_',
      'lk_…AbCd',
      'x'.repeat(100_000),
    ])
      assert.ok(!isAccessToken(other), JSON.stringify(other.slice(0, 50)))
  })

  test('is hinted at by its last four letters', () => {
    const token = newAccessToken()
    assert.equal(hintOf(token), `lk_…${token.slice(-4)}`)
  })
})
