import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { BASE_URL } from '#testing/names.ts'
import { returnPath } from './return-to.ts'

/** Pieces that have led browsers elsewhere. */
const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '\\',
    '/\\',
    '.',
    '..',
    '/.//',
    '@',
    ':',
    '?',
    '#',
    '%2f',
    '%5c',
    '%00',
    '\t',
    '\n',
    '\r',
    ' ',
    '\0',
  ),
  fc.constantFrom(
    'evil.example',
    'https:',
    'javascript:',
    'data:',
    BASE_URL,
    'latchkey.test',
    '[::1]',
    '。',
    '／',
    'ﷺ',
    '\uD800',
  ),
  fc.string({ unit: character, maxLength: 6 }),
)
const wanted = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
)

describe('where to go after sign-in, whatever the address says', () => {
  test('is a path that every browser takes for one of ours', () => {
    for (const baseUrl of [BASE_URL, 'http://localhost:3000'])
      fc.assert(
        fc.property(wanted, (text) => {
          const path = returnPath(text, baseUrl)
          assert.match(path, /^\/(?![/\\])[\x21-\x7e]*$/, 'a path in ASCII, which a header can hold')
          assert.equal(new URL(path, baseUrl).origin, baseUrl)
          assert.equal(new URL(path, baseUrl).href, baseUrl + path)
        }),
        { numRuns: 1000 },
      )
  })

  test('is what was asked for, where that is a path of ours', () => {
    const own = fc
      .array(fc.stringMatching(/^[\w-]{1,12}$/), { minLength: 1, maxLength: 5 })
      .map((parts) => `/${parts.join('/')}`)
    const query = fc.constantFrom('', '?before=abc', '?a=%2F%2Fevil&b=%20')
    fc.assert(fc.property(own, query, (path, more) => assert.equal(returnPath(path + more, BASE_URL), path + more)))
  })

  test('is the dashboard for what has another origin, in whatever words', () => {
    const elsewhere = fc.tuple(
      fc.constantFrom('//', '/\\', '\\\\', 'https://', 'http:', '/\t/', '\t//', ' //'),
      fc.domain(),
    )
    fc.assert(fc.property(elsewhere, ([start, host]) => assert.equal(returnPath(`${start}${host}/x`, BASE_URL), '/')))
  })
})
