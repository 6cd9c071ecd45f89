import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type Browser,
  copyOf,
  ENROLMENT,
  enrolling,
  everyRow,
  latchkey,
  PENDING,
  SESSION,
  SET_UP,
  signedUp,
} from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

let browser: Browser
let signed: string
let rowsBefore: Record<string, string[]>
before(async () => {
  browser = (await signedUp(product)).browser
  await enrolling(product, browser)
  signed = browser.cookies.get(ENROLMENT) ?? ''
  rowsBefore = await everyRow(product)
})

/** Whether step 1 is shown for this cookie, rather than the password asked for again. */
async function isBelieved(value: string) {
  const forger = copyOf(product, browser)
  forger.cookies.set(ENROLMENT, value)
  const answer = await forger.get(SET_UP)
  if (answer.status === 200) return true
  assert.deepEqual([answer.status, answer.location], [303, `${SET_UP}/confirm`])
  return false
}

const flipped = (text: string, at: number, bits: number) =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bits) + text.slice(at + 1)

/** The same bytes of the signature, whose last character has spare bits that decode to nothing. */
function withOtherSpareBits(cookie: string) {
  const signature = decodeURIComponent(cookie.slice(cookie.lastIndexOf('.') + 1))
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const last = alphabet.indexOf(signature.at(-2) ?? '')
  const other = `${signature.slice(0, -2)}${alphabet[last ^ 1]}=`
  assert.deepEqual(Buffer.from(other, 'base64'), Buffer.from(signature, 'base64'))
  return cookie.slice(0, cookie.lastIndexOf('.') + 1) + encodeURIComponent(other)
}

describe('the signed cookie of an enrolment', () => {
  test('is believed as it was written', async () => {
    assert.equal(await isBelieved(signed), true)
  })

  test('with any one byte flipped counts as absent (A29)', async () => {
    assert.ok(signed.length > 300)
    for (let at = 0; at < signed.length; at++)
      assert.equal(await isBelieved(flipped(signed, at, 1)), false, `byte ${at}`)
    assert.deepEqual(product.faults, [])
  })

  test('cut at either end, by any length, counts as absent (A29)', async () => {
    for (let length = 0; length < signed.length; length += 7) {
      assert.equal(await isBelieved(signed.slice(0, length)), false, `its first ${length}`)
      assert.equal(await isBelieved(signed.slice(signed.length - length)), false, `its last ${length}`)
    }
    assert.equal(await isBelieved(`${signed}A`), false)
    assert.equal(await isBelieved(`A${signed}`), false)
  })

  test('whose signature is written otherwise in base64 counts as absent (A29)', async () => {
    const dot = signed.lastIndexOf('.')
    const [text, signature] = [signed.slice(0, dot), decodeURIComponent(signed.slice(dot + 1))]
    const base64url = Buffer.from(signature, 'base64').toString('base64url')
    const forms = [base64url, signature.replace('=', ''), `${signature}=`, ` ${signature}`, '', '='.repeat(44)]
    for (const form of forms) {
      if (form === signature) continue
      assert.equal(await isBelieved(`${text}.${encodeURIComponent(form)}`), false, form)
    }
    assert.equal(await isBelieved(withOtherSpareBits(signed)), false)
  })

  test('moved to another name is nothing there, and theirs is nothing here (A29)', async () => {
    for (const name of [SESSION, PENDING]) {
      const forger = product.browser()
      forger.cookies.set(name, signed)
      assert.equal((await forger.get('/settings/account')).status, 303)
      assert.equal((await forger.get('/sign-in/two-factor')).location, '/sign-in')
      assert.equal(await isBelieved(browser.cookies.get(SESSION) ?? ''), false)
    }
  })

  test('with the text of one and the signature of another counts as absent (A29)', async () => {
    const other = (await signedUp(product)).browser
    await enrolling(product, other)
    const theirs = other.cookies.get(ENROLMENT) ?? ''
    const mixed = signed.slice(0, signed.lastIndexOf('.')) + theirs.slice(theirs.lastIndexOf('.'))
    assert.equal(await isBelieved(mixed), false)
    assert.equal(await isBelieved(theirs), false)
  })

  test('shows neither secret nor codes to the person who holds it, and leaves no trace in the database', async () => {
    const text = Buffer.from(signed.slice(0, signed.lastIndexOf('.')), 'base64url').toString()
    const open = JSON.parse(text) as Record<string, unknown>
    const names = ['purpose', 'version', 'id', 'mode', 'session', 'step', 'expires', 'downloaded', 'sealed']
    assert.deepEqual(Object.keys(open), names)
    assert.deepEqual((await everyRow(product)).factors, rowsBefore.factors)
  })
})
