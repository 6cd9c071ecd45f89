import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isKnownPassword, makeKnownPasswords } from './known-passwords.ts'

describe('passwords that everybody knows', () => {
  test('are more than three thousand of fifteen characters and more, each once', () => {
    const known = makeKnownPasswords().split('\n')
    assert.ok(known.filter((password) => [...password].length >= 15).length >= 3000, `${known.length} in all`)
    assert.equal(new Set(known).size, known.length)
  })

  const known = ['momsanaladventure', '23176djivanfros', 'correct horse battery staple', 'to be or not to be']
  for (const password of known)
    test(`${password}: in any case, spacing, dressing and way of writing its letters`, () => {
      const capitals = password.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())
      const wide = password.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0))
      for (const spelling of [
        ...[password, password.toUpperCase(), capitals, capitals.replaceAll(' ', ''), password.replaceAll(' ', '-')],
        ...[`${password}!`, `${password} 2024`, `"${password}"`, wide],
        ...[password.replaceAll('o', '0').replaceAll('e', '3'), password.replaceAll('a', '@').replaceAll('s', '$')],
      ])
        assert.ok(isKnownPassword(spelling), spelling)
    })

  test('are known with numbers on either side', () =>
    assert.ok(isKnownPassword('12 may the force be with you 34'), 'both'))

  test('are none of what only looks a little like them', () => {
    for (const other of [
      'correct horse battery stable door',
      'violet kettle marches north',
      '!!!!!!!!!!!!!!!!',
      '🔑'.repeat(20),
      '',
    ])
      assert.ok(!isKnownPassword(other), other)
  })
})
