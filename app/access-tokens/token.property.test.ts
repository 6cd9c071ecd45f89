import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { character } from '#testing/characters.ts'
import { testVault } from '#testing/vault.ts'
import { bearerValue } from '../http/bearer.ts'
import { hashToken, looksLikeId, looksLikeToken, newId, newToken } from '../lib/tokens.ts'
import { looksLikeLinkToken, newLink } from '../mail/links.ts'
import { hintOf, isAccessToken, newAccessToken } from './token.ts'

const BASE62 = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
const token = fc.nat().map(() => newAccessToken())
const accountId = fc.maxSafeNat().map((id) => id % 2 ** 48)

describe('access tokens', () => {
  test('any one character that is changed is seen by the checksum', () => {
    fc.assert(
      fc.property(token, fc.nat(), fc.constantFrom(...BASE62, '_', ' ', 'é', '\0'), (value, at, to) => {
        const index = at % value.length
        fc.pre(value[index] !== to)
        assert.equal(isAccessToken(value), true)
        assert.equal(isAccessToken(value.slice(0, index) + to + value.slice(index + 1)), false)
      }),
      { numRuns: 1000 },
    )
  })

  test('so are two neighbours that changed places, one character less and one more', () => {
    fc.assert(
      fc.property(token, fc.nat(), (value, at) => {
        const index = at % (value.length - 1)
        const [one = '', other = ''] = value.slice(index)
        fc.pre(one !== other)
        assert.equal(isAccessToken(value.slice(0, index) + other + one + value.slice(index + 2)), false)
        assert.equal(isAccessToken(value.slice(0, index) + value.slice(index + 1)), false)
        assert.equal(isAccessToken(value.slice(0, index) + one + value.slice(index)), false)
        assert.equal(isAccessToken(`${value}\n`), false)
      }),
    )
  })

  test('nothing that is made up is one, and the hint tells four characters of the last', () => {
    fc.assert(
      fc.property(token, fc.stringMatching(/^lk_[0-9A-Za-z]{38}$/), (value, invented) => {
        assert.equal(isAccessToken(invented), false) // one in four billion would be
        assert.equal(hintOf(value), `lk_…${value.slice(-4)}`)
      }),
    )
  })
})

describe('tokens of sessions, ids and links', () => {
  test('what is made has the shape that is asked for, begins with its account, and hashes to one text', () => {
    fc.assert(
      fc.property(accountId, (id) => {
        const value = newToken(id)
        assert.ok(looksLikeToken(value))
        assert.equal(Number.parseInt(value.split('x')[0] ?? '', 16), id)
        assert.match(hashToken(value), /^[\w-]{43}$/)
        assert.notEqual(hashToken(value), hashToken(newToken(id)))
        assert.ok(looksLikeId(newId()))
        const { token, link } = newLink(testVault(), { accountId: id, purpose: 'confirm_email' }, new Date(0))
        assert.ok(looksLikeLinkToken(token))
        assert.equal(link.tokenHash, hashToken(token))
      }),
    )
  })

  test('with a character of no such alphabet anywhere, nothing has any of the shapes', () => {
    const strange = fc.string({ unit: character, minLength: 1, maxLength: 2 }).filter((text) => !/^[\w-]*$/.test(text))
    fc.assert(
      fc.property(accountId, strange, fc.nat(), (id, other, at) => {
        const made: [string, (text: string) => boolean][] = [
          [newToken(id), looksLikeToken],
          [newId(), looksLikeId],
          ['A'.repeat(43), looksLikeLinkToken],
        ]
        for (const [value, isOne] of made) {
          const index = at % (value.length + 1)
          assert.equal(isOne(value.slice(0, index) + other + value.slice(index)), false)
          assert.equal(isOne(value.slice(0, index) + other + value.slice(index + 1)), false)
        }
      }),
      {
        examples: [
          [1, '\n', 49],
          [1, '\n', 16],
          [1, '\n', 43],
        ],
      },
    )
  })
})

describe('the header that brings a token (RFC 6750 section 2.1)', () => {
  const b64token = fc.stringMatching(/^[\w.~+/-]{1,60}={0,2}$/)

  test('is read in any case of the scheme, and its value as it stands', () => {
    const scheme = fc.mixedCase(fc.constant('Bearer'))
    fc.assert(fc.property(scheme, b64token, (word, value) => assert.equal(bearerValue(`${word} ${value}`), value)))
  })

  test('is read with blanks and a byte order mark around the value, as files have them (D23)', () => {
    const blanks = fc.stringMatching(/^[ \t]{0,5}$/)
    const mark = fc.constantFrom('', '\uFEFF', '\xEF\xBB\xBF')
    fc.assert(
      fc.property(blanks, mark, b64token, blanks, (before, sign, value, after) =>
        assert.equal(bearerValue(`Bearer ${before}${sign}${value}${after}`), value),
      ),
    )
  })

  test('is none where it is missing, and not understood where it is anything else', () => {
    assert.equal(bearerValue(undefined), undefined)
    const one = fc.tuple(b64token, fc.constantFrom(' ', ',', ';', '"', '\t', '\0', 'é'), fc.string({ maxLength: 5 }))
    const other = fc.oneof(
      fc.string({ unit: character }).filter((text) => !/^bearer /i.test(text)),
      one
        .map(([value, sign, more]) => `Bearer ${value}${sign}${more}`)
        .filter((header) => !/^Bearer \S+[ \t]+$/.test(header)), // forgiven, see above
      fc.tuple(b64token, b64token).map(([value, again]) => `Bearer ${value}, Bearer ${again}`),
    )
    fc.assert(fc.property(other, (header) => assert.equal(bearerValue(header), false)))
  })
})
