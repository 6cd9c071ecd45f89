import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { testVault } from '#testing/index.ts'
import { assertUnreadable } from '#testing/invariants.ts'
import { newRecoveryCodes } from '../lib/codes.ts'
import { createVault } from '../lib/vault.ts'
import { type Enrolment, newEnrolment, readEnrolment, stepOf, writeEnrolment } from './enrolment.ts'
import { totpKind } from './factors/totp/wire.ts'

const NOW = new Date('2026-03-01T12:00:00.000Z')
const vault = testVault()
const factor = totpKind({ issuer: 'Latchkey' })
const session = { id: 'session-1' }
const visitor = { session, account: { securityVersion: 3 } }
const started = newEnrolment('set-up', factor, visitor, NOW)
const proven = { secret: started.begun, counter: 59_000_000 }
const confirmed = { ...started, proven, codes: newRecoveryCodes() }
const text = writeEnrolment(vault, confirmed)
const read = (of: string, as = session, now = NOW) => readEnrolment(vault, of, as, 'set-up', now)

const open = (of: string) => JSON.parse(Buffer.from(of, 'base64url').toString())
const changed = (change: object) => Buffer.from(JSON.stringify({ ...open(text), ...change })).toString('base64url')

/** Bytes are equal whatever kind of array they are in. */
const plain = ({ begun, proven, ...rest }: Enrolment) => ({
  ...rest,
  begun: Buffer.from(begun),
  proven: proven && { ...proven, secret: Buffer.from(proven.secret) },
})

describe('an enrolment as text', () => {
  test('comes back as it was, at either step', () => {
    assert.equal(stepOf(started), 1)
    assert.equal(stepOf(confirmed), 2)
    for (const enrolment of [started, confirmed, { ...confirmed, downloaded: true }]) {
      const back = read(writeEnrolment(vault, enrolment))
      assert.ok(back, 'it is read')
      assert.deepEqual(plain(back), plain(enrolment))
    }
  })

  test('neither key nor codes can be read in it, however it is decoded', () => {
    const key = Buffer.from(started.begun)
    const spellings = [key.toString('hex'), key.toString('base64'), key.toString('base64url')]
    for (const of of [
      text,
      JSON.stringify(open(text)),
      Buffer.from(open(text).sealed.slice(3), 'base64url').toString('latin1'),
    ])
      assertUnreadable(of, [...spellings, ...confirmed.codes])
  })

  test('lasts fifteen minutes: a second before it is there, a second after it is not', () => {
    const after = (seconds: number) => read(text, session, new Date(NOW.getTime() + seconds * 1000))
    assert.ok(after(15 * 60 - 1))
    assert.equal(after(15 * 60), undefined)
    assert.equal(after(15 * 60 + 1), undefined)
  })

  test('is worth nothing to another session of the same account, or to another account (A11, A12)', () => {
    assert.equal(read(text, { ...session, id: 'session-2' }), undefined)
    assert.equal(read(changed({ session: 'session-2' }), { ...session, id: 'session-2' }), undefined, 'renamed by hand')
  })

  test('is worth nothing in the other mode: a set-up cannot be finished as a replacement', () => {
    assert.equal(readEnrolment(vault, text, session, 'replace', NOW), undefined)
  })

  test('is worth nothing under another key, and still works under an older one', () => {
    const old = { id: 'k1', key: randomBytes(32) }
    const before = writeEnrolment(createVault([old]), confirmed)
    assert.equal(readEnrolment(testVault(), text, session, 'set-up', NOW), undefined)
    const rotated = createVault([{ id: 'k2', key: randomBytes(32) }, old])
    assert.ok(readEnrolment(rotated, before, session, 'set-up', NOW))
  })

  test('does not take the sealed part of another enrolment', () => {
    const other = open(writeEnrolment(vault, { ...newEnrolment('set-up', factor, visitor, NOW), proven }))
    assert.equal(read(changed({ sealed: other.sealed })), undefined)
    assert.equal(read(changed({ id: other.id })), undefined)
  })

  test('something of another purpose, version or shape is absent', () => {
    const changes = [
      { purpose: 'session' },
      { version: 1 },
      { version: 3 },
      { step: 3 },
      { expires: '9999999999999' },
      { expires: null },
      { mode: 'other' },
      { sealed: '' },
      { sealed: 't1.AAAA' },
      { sealed: vault.seal('recovery-code', `${session.id} ${started.id}`, Buffer.from('{}')) },
      { sealed: vault.seal('enrolment', `${session.id} ${started.id}`, Buffer.from('{}')) },
      { extra: true },
      { downloaded: 'yes' },
    ]
    assert.ok(read(changed({})), 'unchanged it is read')
    for (const change of changes) assert.equal(read(changed(change)), undefined, JSON.stringify(change))
  })

  test('junk is absent and throws nothing', () => {
    const values = ['null', '1', '[]', '{}', '"x"', '{"__proto__":{}}', '{', '\ud800', '[[[[', 'true']
    const junk = ['', '.', '=', '%', 'a', text.slice(1), text.slice(0, -5), `${text}A`, 'x'.repeat(8000), '\0']
    for (const of of [...junk, ...values.map((value) => Buffer.from(value).toString('base64url'))])
      assert.equal(read(of), undefined, of.slice(0, 20))
  })

  test('each has a secret, an id and codes of its own', () => {
    const all = Array.from({ length: 100 }, () => newEnrolment('set-up', factor, visitor, NOW))
    assert.equal(new Set(all.map(({ id }) => id)).size, 100)
    assert.equal(new Set(all.map(({ begun }) => Buffer.from(begun).toString('hex'))).size, 100)
  })
})
