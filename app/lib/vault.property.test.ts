import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { createVault, type Purpose } from './vault.ts'

const keyOf = (id: string) => fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => ({ id, key }))
const purpose = fc.constantFrom<Purpose>('factor-secret', 'recovery-code', 'enrolment', 'mail', 'mail-link')
const place = fc.string({ unit: character, maxLength: 20 })
const secret = fc.uint8Array({ maxLength: 100 })
const all = fc.record({ one: keyOf('k1'), other: keyOf('k2'), purpose, place, secret })

describe('the vault, whatever is put into it', () => {
  test('opens what it sealed, also under an older key', () => {
    fc.assert(
      fc.property(all, ({ one, other, purpose, place, secret }) => {
        const sealed = createVault([one]).seal(purpose, place, secret)
        for (const keys of [[one], [other, one]])
          assert.deepEqual(new Uint8Array(createVault(keys).open(purpose, place, sealed) ?? []), secret)
      }),
    )
  })

  test('opens nothing of which one character was changed, taken away or added', () => {
    const change = fc.record({ at: fc.nat(), to: fc.constantFrom(...'ABZaz09-_=.+/ \0é'), how: fc.nat(2) })
    fc.assert(
      fc.property(all, change, ({ one, purpose, place, secret }, { at, to, how }) => {
        const vault = createVault([one])
        const sealed = vault.seal(purpose, place, secret)
        const index = at % (sealed.length + (how === 1 ? 1 : 0))
        const end = sealed.slice(index + (how === 1 ? 0 : 1))
        const changed = sealed.slice(0, index) + (how === 2 ? '' : to) + end
        fc.pre(changed !== sealed)
        assert.equal(vault.open(purpose, place, changed), undefined)
      }),
      { numRuns: 500 },
    )
  })

  test('opens nothing under another key of the same name, for another purpose, or at another place', () => {
    fc.assert(
      fc.property(all, purpose, place, ({ one, other, purpose, place, secret }, second, elsewhere) => {
        const vault = createVault([one])
        const sealed = vault.seal(purpose, place, secret)
        if (second !== purpose) assert.equal(vault.open(second, place, sealed), undefined)
        if (elsewhere !== place) assert.equal(vault.open(purpose, elsewhere, sealed), undefined)
        fc.pre(Buffer.compare(one.key, other.key) !== 0)
        assert.equal(createVault([{ ...other, id: 'k1' }]).open(purpose, place, sealed), undefined)
      }),
    )
  })

  test('any text at all is opened to nothing, and nothing is thrown', () => {
    const text = fc.oneof(
      fc.string({ unit: character, maxLength: 80 }),
      fc.stringMatching(/^[\w-]{0,80}$/).map((tail) => `k1.${tail}`),
    )
    fc.assert(
      fc.property(keyOf('k1'), purpose, place, text, (key, purpose, place, text) => {
        assert.equal(createVault([key]).open(purpose, place, text), undefined)
      }),
      { examples: [[{ id: 'k1', key: new Uint8Array(32) }, 'mail', '', 'k1']] },
    )
  })

  test('a hash is of one text, for one purpose, and any change of it is another', () => {
    fc.assert(
      fc.property(all, fc.string(), fc.nat(), ({ one, other, purpose }, text, at) => {
        const vault = createVault([other, one])
        const hash = createVault([one]).hash(purpose, text)
        assert.equal(vault.verifies(purpose, text, hash), true)
        assert.ok(vault.hashes(purpose, text).includes(hash))
        assert.equal(vault.verifies(purpose, `${text} `, hash), false)
        const index = at % hash.length
        const changed = `${hash.slice(0, index)}${hash[index] === 'A' ? 'B' : 'A'}${hash.slice(index + 1)}`
        assert.equal(vault.verifies(purpose, text, changed), false)
        assert.equal(vault.verifies(purpose, text, hash.slice(0, index)), false)
      }),
    )
  })
})
