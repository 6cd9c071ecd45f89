import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { heldFor, holding } from './held-tokens.ts'
import { newToken } from './tokens.ts'

describe('the tokens that one browser holds', () => {
  const [one, two] = [newToken(0x1a), newToken(0xa)]

  test('are one for each account, and are found by it', () => {
    const held = holding(holding([], one), two)
    assert.deepEqual(held, [two, one])
    assert.equal(heldFor(held, 0x1a), one)
    assert.equal(heldFor(held, 0xa), two)
    for (const stranger of [0x1, 0x1a0, 0xaa]) assert.equal(heldFor(held, stranger), undefined)
  })

  test('a newer one of an account takes the place of its older one', () => {
    const newer = newToken(0x1a)
    assert.deepEqual(holding([two, one], newer), [newer, two])
  })

  test('are five at most: the account that was used longest ago goes', () => {
    const held = [1, 2, 3, 4, 5, 6].map(newToken).reduce<string[]>(holding, [])
    assert.equal(held.length, 5)
    assert.equal(heldFor(held, 1), undefined)
    for (const account of [2, 3, 4, 5, 6]) assert.ok(heldFor(held, account))
  })
})
