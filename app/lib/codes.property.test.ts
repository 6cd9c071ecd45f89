import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { displayed, newRecoveryCodes, readTypedCode } from './codes.ts'

const ALPHABET = [...'0123456789abcdefghjkmnpqrstvwxyz']
const code = fc.array(fc.constantFrom(...ALPHABET), { minLength: 10, maxLength: 10 }).map((letters) => letters.join(''))
const digits = fc.stringMatching(/^[0-9]{6}$/)

/** What may separate characters. */
const gap = fc.array(
  fc.constantFrom(' ', '\t', '\n', '-', '\u00A0', '\u2010', '\u2013', '\u2014', '\u3000', '\u2212', '\u200B'),
  {
    maxLength: 3,
  },
)
const LOOK_ALIKES: Partial<Record<string, string[]>> = { 0: ['0', 'o', 'O'], 1: ['1', 'i', 'I', 'l', 'L'] }

/** Any way that a person might type it: gaps anywhere, any case, o for 0, i and l for 1. */
const spelt = (of: string) =>
  fc
    .tuple(...[...of].map((letter) => fc.constantFrom(...(LOOK_ALIKES[letter] ?? [letter, letter.toUpperCase()]))))
    .chain((letters) =>
      fc
        .array(gap, { minLength: letters.length + 1, maxLength: letters.length + 1 })
        .map((gaps) => gaps.map((each, index) => each.join('') + (letters[index] ?? '')).join('')),
    )

/** What people have around a code. */
const AROUND = [
  ' ',
  '\u00A0',
  '"',
  '\u201C',
  '.',
  ',',
  ';',
  '\u2022 ',
  '\u2610 ',
  '- ',
  '(',
  ')',
  '*',
  '\uFEFF',
  '1. ',
  '[x] ',
]

describe('a code as it is typed', () => {
  test('a recovery code is read from any spelling of it', () => {
    const both = code.chain((of) => fc.tuple(fc.constant(of), spelt(of)))
    fc.assert(
      fc.property(both, ([of, typed]) => {
        assert.deepEqual(readTypedCode(typed), { kind: 'recovery_code', code: of })
      }),
    )
  })

  test('so are the six digits of an authenticator', () => {
    const both = digits.chain((of) => fc.tuple(fc.constant(of), fc.array(gap, { minLength: 6, maxLength: 6 })))
    fc.assert(
      fc.property(both, ([of, gaps]) => {
        const typed = [...of].map((digit, index) => digit + (gaps[index] ?? []).join('')).join('')
        assert.deepEqual(readTypedCode(typed), { kind: 'authenticator', code: of })
      }),
    )
  })

  test('what is read is in the one form that is stored, and reading it again changes nothing', () => {
    const any = fc.oneof(fc.string({ unit: character, maxLength: 16 }), fc.stringMatching(/^[0-9A-Za-z -]{6,14}$/))
    fc.assert(
      fc.property(any, (typed) => {
        const read = readTypedCode(typed)
        if (read.kind === 'malformed') return
        assert.match(read.code, read.kind === 'authenticator' ? /^[0-9]{6}$/ : /^[0-9a-hjkmnp-tv-z]{10}$/)
        assert.deepEqual(readTypedCode(read.code), read)
      }),
    )
  })

  test('nothing else is a code: another letter anywhere, one too many, or one too few', () => {
    const strange = fc
      .string({ unit: character, minLength: 1, maxLength: 2 })
      .filter((text) => !/[\s\p{P}\p{S}\p{Cf}\p{DI}\p{Nd}A-TV-Za-tv-z]/u.test(text))
    fc.assert(
      fc.property(code, fc.nat(9), strange, (of, at, other) => {
        assert.deepEqual(readTypedCode(of.slice(0, at) + other + of.slice(at + 1)), { kind: 'malformed' })
        assert.deepEqual(readTypedCode(`${of}${of[at]}`), { kind: 'malformed' })
        assert.deepEqual(readTypedCode(of.slice(1)), { kind: 'malformed' })
      }),
      {
        examples: [
          ['0123456789', 3, '\u212A'],
          ['0123456789', 0, 'u'],
          ['0123456789', 5, '\u2460'],
        ],
      },
    )
  })

  test('a text never stands for more than one code: what is left over is a number of a list, and no code', () => {
    const piece = fc.oneof(
      code.map(displayed),
      digits,
      fc.constantFrom(...AROUND),
      fc.string({ unit: character, maxLength: 3 }),
    )
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, (typed) => {
        const read = readTypedCode(typed)
        if (read.kind === 'malformed') return
        const characters = [...typed].filter((each) => /[\p{L}\p{N}]/u.test(each)).length
        const leftOver = characters - read.code.length
        assert.ok(leftOver <= 3, `${JSON.stringify(typed)} holds ${characters} letters and digits`)
      }),
      { numRuns: 5_000, examples: [['000000\u3300']] }, // one sign, though of four letters
    )
  })

  test('two codes in one text are refused, whatever stands between and around them', () => {
    const one = fc.oneof(code.map(displayed), code, digits)
    const around = fc.array(fc.constantFrom(...AROUND), { maxLength: 3 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(one, one, around, around, around, (first, second, before, between, after) => {
        const read = readTypedCode(before + first + between + second + after)
        assert.deepEqual(read, { kind: 'malformed' })
      }),
      { numRuns: 2_000 },
    )
  })

  test('what stands around a code changes nothing about which it is', () => {
    const around = fc.array(fc.constantFrom(...AROUND.filter((each) => !/\w/.test(each))), { maxLength: 4 })
    const pair = fc.oneof(
      code.chain((of) => fc.tuple(fc.constant(of), spelt(of))),
      digits.map((of) => [of, of] as const),
    )
    fc.assert(
      fc.property(
        pair,
        fc.constantFrom('', '1. ', ' 12. ', '[x] '),
        around,
        around,
        ([of, typed], mark, before, after) => {
          const text = before.join('') + mark + typed + after.join('')
          const read = readTypedCode(text)
          assert.equal(read.kind === 'malformed' ? undefined : read.code, of, JSON.stringify(text))
        },
      ),
    )
  })

  test('new codes are twelve different ones, and read from how they are shown', () => {
    fc.assert(
      fc.property(fc.constant(undefined), () => {
        const codes = newRecoveryCodes()
        assert.equal(new Set(codes).size, 12)
        for (const each of codes)
          assert.deepEqual(readTypedCode(displayed(each)), { kind: 'recovery_code', code: each })
      }),
      { numRuns: 30 },
    )
  })
})
