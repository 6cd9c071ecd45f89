import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lookOf, readUsername, suggestUsernames } from './username.ts'

describe('a username', () => {
  for (const [typed, username] of [
    ['ada', 'ada'],
    [' Ada.Lovelace ', 'ada.lovelace'],
    ['a-', 'a-'],
    ['0x_7', '0x_7'],
    [`a${'b'.repeat(31)}`, `a${'b'.repeat(31)}`],
  ] as const)
    test(`"${typed}" is taken as ${username}`, () => {
      assert.deepEqual(readUsername(typed), { ok: true, username })
    })

  for (const [typed, reason] of [
    ['', 'no_username'],
    ['a', 'no_username'],
    ['.ada', 'no_username'],
    ['-ada', 'no_username'],
    ['ada lovelace', 'no_username'],
    ['bob@example.com', 'no_username'],
    ['аda', 'no_username'], // a Cyrillic letter
    ['ada\0', 'no_username'],
    ['\u212Aelvin', 'no_username'], // lower-cased it would be an ASCII k
    ['a'.repeat(33), 'too_long_username'],
    ['admin', 'reserved_username'],
    ['Root', 'reserved_username'],
    ['r00t', 'reserved_username'],
    ['ad-min', 'reserved_username'],
    ['adrnin', 'reserved_username'],
    ['vvebmaster', 'reserved_username'],
    ['operat0r', 'reserved_username'],
    ['latch.key', 'reserved_username'],
  ] as const)
    test(`${JSON.stringify(typed)} is refused (P10)`, () => {
      assert.deepEqual(readUsername(typed), { ok: false, reason })
    })

  test('looks like others that differ in dots, dashes and letters easily taken for others (P10)', () => {
    for (const other of ['bob.smith', 'b0bsmith', 'bob-srnith', 'bob_smith.'])
      assert.equal(lookOf(other), 'bobsmith', other)
    for (const other of ['bobsmyth', 'bobsmithe', 'bobsmith2']) assert.notEqual(lookOf(other), 'bobsmith', other)
  })
})

describe('the usernames suggested for an address', () => {
  const firstOf = (email: string) => suggestUsernames(email, () => 4711)[0]

  test('begin with its local part, as far as that is one', () => {
    assert.equal(firstOf('ada@example.com'), 'ada')
    assert.equal(firstOf('ada.lovelace+shop@example.com'), 'ada.lovelace')
    assert.equal(firstOf("o'neil!x@example.com"), 'o-neil-x')
    assert.equal(firstOf('_ada@example.com'), 'ada')
    assert.equal(firstOf(`${'a'.repeat(64)}@example.com`), 'a'.repeat(27))
  })

  test('go on with digits behind it, and never pass for the site', () => {
    assert.equal(suggestUsernames('ada@example.com', () => 4711)[1], 'ada-4711')
    assert.equal(firstOf('admin@example.com'), 'member-4711')
    assert.equal(firstOf('x@example.com'), 'member-4711')
    assert.equal(firstOf('+@example.com'), 'member-4711')
  })

  test('are usernames, whatever the address', () => {
    for (const local of ['ada', "!#$%&'*+/=?^_`{|}~-", 'a'.repeat(64), 'r00t', '-', '1.2.3', 'x--------y'])
      for (const suggested of suggestUsernames(`${local}@example.com`))
        assert.deepEqual(readUsername(suggested), { ok: true, username: suggested })
  })
})
