import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createPasswordRules } from './password-rules.ts'

const rules = createPasswordRules({ minLength: 15, productNames: ['latchkey', 'Gatehouse'] })
const refusal = (password: string, email = 'ada.lovelace@example.com') => rules.refusal(password, email)

/** Letters that no list has in this order. */
const letters = (count: number, from = 0x10400) =>
  String.fromCodePoint(...Array.from({ length: count }, (_, index) => from + ((index * 17 + index ** 2) % 40)))

describe('password rules', () => {
  test('14 code points are too few, 15 will do', async () => {
    assert.equal(await refusal('kettle marches'), 'too_short')
    assert.equal(await refusal('kettle marches 7'.slice(0, 15)), undefined)
    assert.equal(await refusal(''), 'too_short')
  })

  test('256 code points will do, 257 are too many', async () => {
    const sentence = 'kettle marches north while '.repeat(10).slice(0, 256)
    assert.equal(await refusal(sentence), undefined)
    assert.equal(await refusal(`${sentence}x`), 'too_long')
    assert.equal(await refusal('x'.repeat(1_000_000)), 'too_long')
  })

  test('an astral character counts once, on both sides of both borders', async () => {
    assert.equal(await refusal(letters(14)), 'too_short')
    assert.equal(await refusal(letters(15)), undefined)
    assert.equal(await refusal(letters(256)), undefined)
    assert.equal(await refusal(letters(257)), 'too_long')
  })

  test('length is counted after NFC, so that it does not depend on the keyboard', async () => {
    const decomposed = 'kettle ma\u0301rches'
    assert.equal([...decomposed].length, 15)
    assert.equal(await refusal(decomposed), 'too_short')
    assert.equal(await refusal(`${decomposed}7`), undefined)
  })

  test('the shortest length is a setting', async () => {
    const short = createPasswordRules({ minLength: 8, productNames: [] })
    assert.equal(await short.refusal('zvq7!kw', ''), 'too_short')
    assert.equal(await short.refusal('zvq7kwmb', ''), undefined)
  })

  const common = ['passwordpassword', 'Password1234567', 'qwertyuiopasdfgh', '123456789012345', 'aaaaaaaaaaaaaaaa']
  const dressedUp = ['P@ssw0rdP@ssw0rd', 'passwordpasswordpassword', 'abcabcabcabcabcabc']
  for (const password of [...common, ...dressedUp])
    test(`easily guessed: ${password}`, async () => assert.equal(await refusal(password), 'easily_guessed'))

  const aboutYou = [
    'ada.lovelace@example.com',
    'ADA.LOVELACE@EXAMPLE.COM',
    'lovelace-lovelace',
    'Lovelace2026!!!!',
    'example example 1',
  ]
  const aboutUs = [
    'latchkeylatchkey',
    'Latchkey LATCHKEY',
    'my latchkey 2026',
    'gatehouse-gatehouse',
    'latchkey gatehouse',
  ]
  for (const password of [...aboutYou, ...aboutUs])
    test(`made of the email or the product’s name: ${password}`, async () =>
      assert.equal(await refusal(password), 'about_you'))

  const good = [
    'violet kettle marches north',
    'eleven sardines hum quietly',
    'der lange Weg zur Mühle am Bach',
    'мой чайник поёт по утрам',
    '私の猫は毎朝七時に起きて歌を歌う',
    'x9$Kq2!vRm7#Tz4',
    'ada keeps four tortoises indoors',
  ]
  for (const password of good)
    test(`a passphrase is accepted: ${password}`, async () => assert.equal(await refusal(password), undefined))

  test('no composition rules: letters alone, digits alone, signs alone and pictures alone will do', async () => {
    assert.equal(await refusal('zqvxkjwpmtrbhgd'), undefined)
    assert.equal(await refusal('849207316650294'), undefined)
    assert.equal(await refusal('%!(^#)&@}~*[;?:'), undefined)
    assert.equal(await refusal('🦊🍩🚲🌵🎻🧊🪁🐙🥝🛶🧲🎈🦔🍋🕰'), undefined)
  })

  test('a refusal takes no noticeable time, whatever is sent (A62)', async () => {
    await refusal('violet kettle marches north')
    for (const password of ['a'.repeat(256), 'ab1!'.repeat(64), '𐐀'.repeat(256), 'x'.repeat(1_000_000)]) {
      const started = process.cpuUsage().user
      await refusal(password)
      assert.ok((process.cpuUsage().user - started) / 1000 < 250, `${password.slice(0, 8)}…`)
    }
  })
})
