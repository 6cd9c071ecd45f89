import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { createVault, type MasterKey } from './vault.ts'

const key = (id: string): MasterKey => ({ id, key: randomBytes(32) })
const old = key('old')
const vault = createVault([old])
const secret = Buffer.from('twenty bytes exactly')
const sealed = vault.seal('factor-secret', 'factors 1', secret)
const open = (text: string) => vault.open('factor-secret', 'factors 1', text)

const raw = (text: string) => Buffer.from(text.slice(text.indexOf('.') + 1), 'base64url')
const withBytes = (bytes: Uint8Array) => `old.${Buffer.from(bytes).toString('base64url')}`

describe('the vault', () => {
  test('opens what it sealed, and the sealed text does not hold it', () => {
    assert.deepEqual(open(sealed), secret)
    assert.ok(!raw(sealed).includes(secret))
    assert.deepEqual(vault.open('enrolment', 'x', vault.seal('enrolment', 'x', Buffer.alloc(0))), Buffer.alloc(0))
  })

  test('does not open with another key of the same id', () => {
    assert.equal(createVault([key('old')]).open('factor-secret', 'factors 1', sealed), undefined)
  })

  test('does not open for another purpose', () => {
    for (const purpose of ['recovery-code', 'recovery-code-hash', 'enrolment', 'enrolment-signature'] as const)
      assert.equal(vault.open(purpose, 'factors 1', sealed), undefined)
  })

  test('does not open at another place: a value moved to another row is worth nothing', () => {
    for (const place of ['factors 2', 'factors 11', 'factors ', ''])
      assert.equal(vault.open('factor-secret', place, sealed), undefined)
  })

  test('does not open with any one bit flipped: nonce, ciphertext or tag', () => {
    const bytes = raw(sealed)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.equal(open(withBytes(flipped)), undefined, `bit ${bit}`)
    }
  })

  test('does not open cut short, made longer, or as junk; and never throws', () => {
    const bytes = raw(sealed)
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(open(withBytes(bytes.subarray(0, length))), undefined, `the first ${length} bytes`)
      assert.equal(open(withBytes(bytes.subarray(bytes.length - length))), undefined, `the last ${length} bytes`)
    }
    assert.equal(open(withBytes(Buffer.concat([bytes, Buffer.alloc(1)]))), undefined)
    for (const junk of ['', '.', 'old', 'old.', 'old.§', 'old.a b', '.old', 'oldX', raw(sealed).toString('base64')])
      assert.equal(open(junk), undefined, junk)
  })

  test('opens under an old key id, and seals everything new with the first key', () => {
    const rotated = createVault([key('new'), old])
    assert.deepEqual(rotated.open('factor-secret', 'factors 1', sealed), secret)
    const again = rotated.seal('factor-secret', 'factors 1', secret)
    assert.match(again, /^new\./)
    assert.equal(open(again), undefined, 'the old key alone does not know it')
    assert.deepEqual(rotated.open('factor-secret', 'factors 1', again), secret)
  })

  test('does not open what names a key it does not have', () => {
    assert.equal(createVault([key('new')]).open('factor-secret', 'factors 1', sealed), undefined)
    assert.equal(open(sealed.replace('old.', 'other.')), undefined)
  })

  test('never repeats a nonce in 10,000 seals', () => {
    const nonces = new Set<string>()
    for (let seals = 0; seals < 10_000; seals++)
      nonces.add(
        raw(vault.seal('enrolment', '', secret))
          .subarray(0, 12)
          .toString('hex'),
      )
    assert.equal(nonces.size, 10_000)
  })

  test('refuses to exist without a key, or with one of another length', () => {
    assert.throws(() => createVault([]), /needs at least one key/)
    for (const length of [0, 16, 31, 33, 64])
      assert.throws(() => createVault([old, { id: 'k2', key: randomBytes(length) }]), /Key k2 is not 32 bytes long/)
  })
})

describe('keyed hashes', () => {
  const hash = vault.hash('recovery-code-hash', '1 abc')

  test('verify the same text only, under the same purpose and key', () => {
    assert.ok(vault.verifies('recovery-code-hash', '1 abc', hash))
    assert.ok(!vault.verifies('recovery-code-hash', '2 abc', hash))
    assert.ok(!vault.verifies('enrolment-signature', '1 abc', hash))
    assert.ok(!createVault([key('old')]).verifies('recovery-code-hash', '1 abc', hash))
    for (const other of ['', 'old.', hash.slice(0, -1), `${hash}A`])
      assert.ok(!vault.verifies('recovery-code-hash', '1 abc', other))
  })

  test('are made under the newest key and found under every one', () => {
    const rotated = createVault([key('new'), old])
    assert.match(rotated.hash('recovery-code-hash', '1 abc'), /^new\./)
    assert.ok(rotated.verifies('recovery-code-hash', '1 abc', hash))
    assert.equal(rotated.hashes('recovery-code-hash', '1 abc')[1], hash)
  })

  test('the sub-keys of two purposes, and of two keys, are all different', () => {
    const rotated = createVault([key('new'), old])
    const keys = [...rotated.signingKeys('enrolment'), ...rotated.signingKeys('enrolment-signature')]
    assert.equal(new Set(keys.map((each) => each.toString('hex'))).size, 4)
  })
})
