import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hashToken, looksLikeToken, newAccountId, newId, newToken } from './tokens.ts'

describe('tokens', () => {
  test('are the account in hex, an x and 128 random bits in hex', () => {
    assert.match(newToken(0xbeef), /^beefx[0-9a-f]{32}$/)
    assert.match(newToken(2 ** 48 - 1), /^f{12}x[0-9a-f]{32}$/)
  })

  test('never repeat', () => {
    assert.equal(new Set(Array.from({ length: 10_000 }, () => newToken(7))).size, 10_000)
  })

  test('are recognised by their shape, and junk is not', () => {
    for (let times = 0; times < 1000; times++) assert.ok(looksLikeToken(newToken(newAccountId())))
    const good = newToken(0xbeef)
    const junk = ['', 'x', good.slice(1, -1).toUpperCase(), good.slice(0, -1), `${good}0`, `${good}\n`, ` ${good}`]
    const others = [`-${good}`, good.replace('x', 'X'), good.replace('x', ''), `0123456789abcde${good}`, '__proto__']
    for (const text of [...junk, ...others]) assert.ok(!looksLikeToken(text), JSON.stringify(text))
  })

  test('are kept as SHA-256 only, which is as long whatever went in', () => {
    assert.equal(hashToken('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0') // FIPS 180-4, example "abc"
    assert.equal(hashToken(newToken(1)).length, 43)
  })
})

describe('ids', () => {
  test('account ids are up to 48 bits, exact as numbers, and no count', () => {
    const ids = Array.from({ length: 10_000 }, () => newAccountId())
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.ok(Number.isSafeInteger(id) && id >= 0 && id < 2 ** 48)
    assert.ok(Math.max(...ids) > 2 ** 47, 'the upper bits are used')
  })

  test('the names of rows are 96 random bits', () => {
    const ids = Array.from({ length: 10_000 }, () => newId())
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[\w-]{16}$/)
  })
})
