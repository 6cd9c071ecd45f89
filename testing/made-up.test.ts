import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { en } from '#views/words/en.ts'
import { inMadeUp, madeUp } from './made-up.ts'

describe('the made-up language', () => {
  const words = madeUp()

  test('is accented, and 40 % longer', () => {
    assert.equal(inMadeUp('Sign in'), 'Šíǧñší íñí')
    assert.doesNotMatch(words.signIn.secondStep.lostHelp, /[A-Za-z]/)
    const ratio = words.twoFactor.needAnApp.what.length / en.twoFactor.needAnApp.what.length
    assert.ok(ratio > 1.35 && ratio < 1.6, `${ratio}`)
  })

  test('leaves what a sentence is given as it is, a number’s plural too', () => {
    assert.equal(words.troubles.goTo('https://a.example'), `${inMadeUp('Go to')} https://a.example`)
    assert.equal(words.dashboard.fewCodes.title(1), inMadeUp('Only one recovery code left.'))
    assert.deepEqual(words.twoFactor.about('Ada’s phone'), [inMadeUp('This is about '), 'Ada’s phone', '.'])
  })

  test('writes mails as well', () => {
    const { subject, paragraphs } = words.mails.restored('Latchkey', { account: 'ada@example.com' })
    assert.equal(subject, `${inMadeUp('Choose a new password for')} Latchkey`)
    assert.match(paragraphs[0] ?? '', /ada@example\.com/)
  })
})
