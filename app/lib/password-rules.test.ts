import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GOOD_PASSWORDS } from '#testing/names.ts'
import { createGuesses, type Question } from './guesses.ts'
import { createPasswordRules } from './password-rules.ts'

const guesses = createGuesses()
const siteNames = ['latchkey', 'Gatehouse', 'accounts.xn--bcher-kva.test']
const rules = createPasswordRules({ minLength: 15, siteNames, guesses })
const HERE = '192.0.2.1'
const refusal = (password: string, email = 'ada.lovelace@example.com') => rules.refusal(password, email, HERE)

/** Letters that no list has in this order. */
const letters = (count: number, from = 0x10400) =>
  String.fromCodePoint(...Array.from({ length: count }, (_, index) => from + ((index * 17 + index ** 2) % 40)))

describe('password rules', () => {
  test('14 code points are too few, 15 will do', async () => {
    assert.equal(await refusal('kettle marches'), 'too_short')
    assert.equal(await refusal('kettle marches 7'.slice(0, 15)), undefined)
    assert.equal(await refusal(''), 'too_short')
  })

  test('what test people choose will do, so that no other test has to judge it again', async () => {
    for (const password of GOOD_PASSWORDS) assert.equal(await refusal(password), undefined, password)
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
    const short = createPasswordRules({ minLength: 8, siteNames: [], guesses })
    assert.equal(await short.refusal('zvq7!kw', '', HERE), 'too_short')
    assert.equal(await short.refusal('zvq7kwmb', '', HERE), undefined)
  })

  const common = ['passwordpassword', 'Password1234567', 'qwertyuiopasdfgh', '123456789012345', 'aaaaaaaaaaaaaaaa']
  const dressedUp = ['P@ssw0rdP@ssw0rd', 'passwordpasswordpassword', 'abcabcabcabcabcabc', 'password1'.repeat(20)]
  const patterns = [
    ...['Summer2024Summer', 'Summer2024Winter', 'WinterWinter2023!', 'Sommer-2024-Sommer', 'monday2024monday'],
    ...[
      'November2023November',
      'Welcome2Welcome2Welcome',
      'dragon-dragon-dragon',
      'admin123admin123',
      'qwerty1!qwerty1!',
    ],
  ]
  const everybodys = [
    ...['correct horse battery staple', 'Correct-Horse-Battery-Staple', 'CorrectHorseBatteryStaple1!'],
    ...[
      'C0rrectH0rseB@tterySt@ple',
      'correct\u2003horse ba\uff54tery staple',
      'To be, or not to be: that is the question.',
    ],
    ...['the quick brown fox jumps over the lazy dog', 'MayTheForceBeWithYou!', 'momsanaladventure', '23176djivanfros'],
  ]
  for (const password of [...common, ...dressedUp, ...patterns, ...everybodys])
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
    'accounts.xn--bcher-kva.test',
    'Accounts bücher test 1',
    'bücher-bücher-bücher',
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

  test('an internationalized address is looked for as it is stored and as it is read', async () => {
    for (const password of [
      'xn--mller-kva-xn--mller-kva',
      'müller müller 12',
      'MÜLLER.example 99',
      'ada@müller.example',
    ])
      assert.equal(await refusal(password, 'ada@xn--mller-kva.example'), 'about_you', password)
  })

  test('few words come from the address, whatever it is made of; the longest of them', async () => {
    const asked: Question[] = []
    const of = async (question: Question) => asked.push(question)
    const noting = createPasswordRules({ minLength: 15, siteNames: ['latchkey'], guesses: { of } })
    const parts = Array.from(
      { length: 30 },
      (_, index) => `${'abcdefghij'[index % 10]}${'xyz'[index % 3]}${index + 100}`,
    )
    await noting.refusal('violet kettle marches north', `${parts.join('.')}@example.com`, HERE)
    assert.equal(asked[0]?.words.length, 9)
    assert.ok(asked[0]?.words.includes('example.com') || asked[0]?.words.includes('example'), asked[0]?.words.join(' '))
  })

  test('what is too short, too long, about you or known to everybody is refused without an estimate', async () => {
    const of = () => assert.fail('asked')
    const cheap = createPasswordRules({ minLength: 15, siteNames: ['latchkey'], guesses: { of } })
    for (const [password, reason] of [
      ['kettle marches', 'too_short'],
      ['x'.repeat(1_000_000), 'too_long'],
      ['latchkeylatchkey', 'about_you'],
      ['correct horse battery staple', 'easily_guessed'],
    ] as const)
      assert.equal(await cheap.refusal(password, 'ada.lovelace@example.com', HERE), reason)
  })
})
