import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { readableEmail, readEmailAddress } from './email-address.ts'

const stored = (typed: string) => {
  const read = readEmailAddress(typed)
  return read.ok ? read.email : undefined
}

const letters = [
  'a',
  'z',
  '0',
  'é',
  'ü',
  'ß',
  'ж',
  'я',
  'λ',
  '日',
  '語',
  'あ',
  'ア',
  '한',
  'ש',
  'ع',
  'ก',
  'ı',
  'ſ',
  'İ',
  'K',
  '\u0301',
  '\u200c',
  '-',
  'ａ',
]
const label = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
const domain = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join('.')}.example`)
const local = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,10}$/)
const text = fc.oneof(
  fc.tuple(local, domain).map(([name, host]) => `${name}@${host}`),
  fc.string({ unit: character, maxLength: 30 }),
  fc.tuple(fc.string({ maxLength: 8 }), fc.string({ unit: character, maxLength: 12 })).map(([a, b]) => `${a}@${b}.com`),
)

describe('an address as it is typed', () => {
  test('is stored in one form, which gives itself back', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const email = stored(typed)
        if (email !== undefined) assert.equal(stored(email), email)
      }),
      { numRuns: 3_000 },
    )
  })

  test('is stored as one mailbox in printable ASCII: no second receiver, no header, no command fits in', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const email = stored(typed)
        if (email === undefined) return
        assert.match(email, /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+$/)
        assert.ok(email.length <= 254, 'it fits')
      }),
      { numRuns: 3_000 },
    )
  })

  test('is the same account as it is shown: what is read can be typed', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const email = stored(typed)
        if (email !== undefined) assert.equal(stored(readableEmail(email)), email)
      }),
      { numRuns: 3_000 },
    )
  })

  test('in other case, decomposed, or with marks that nobody sees, is the same', () => {
    const mark = fc.constantFrom('\ufeff', '\u200b', '\u00ad', '\u2060', '\u202e')
    fc.assert(
      fc.property(local, domain, mark, fc.nat(30), (name, host, invisible, at) => {
        const typed = `${name}@${host.normalize('NFC')}`
        const email = stored(typed)
        const marked = typed.slice(0, at) + invisible + typed.slice(at)
        for (const other of [`${name.toUpperCase()}@${host}`, typed.normalize('NFD'), marked, ` ${typed}\t`])
          assert.equal(stored(other), email, JSON.stringify(other))
      }),
      { numRuns: 1_000 },
    )
  })

  test('costs no more than a moment, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 500, maxLength: 1024 }), (typed) => {
        const started = performance.now()
        readEmailAddress(typed)
        readEmailAddress(`a@${typed}.example`)
        assert.ok(performance.now() - started < 200, 'it took 200 ms')
      }),
    )
  })
})
