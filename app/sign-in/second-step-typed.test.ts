import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { pendingSignIns } from '#db/schema.ts'
import {
  accountOf,
  answerCode,
  type Browser,
  codeOf,
  everyRow,
  latchkey,
  loggedEvents,
  manyOwingCode,
  owingCode,
  withTwoFactor,
} from '#testing/index.ts'

const CODE_PAGE = '/sign-in/two-factor'

const product = await latchkey()
after(() => product.close())

let owner: Awaited<ReturnType<typeof withTwoFactor>>
before(async () => {
  owner = await withTwoFactor(product)
})

async function pending(): Promise<Browser> {
  const [browser] = await manyOwingCode(product, owner.email, 1)
  if (!browser) throw new Error('There is no browser.')
  return browser
}

const attemptsLeft = async () => {
  const { id } = await accountOf(product, owner.email)
  return await product.database.db
    .select({ left: pendingSignIns.attemptsLeft })
    .from(pendingSignIns)
    .where(eq(pendingSignIns.accountId, id))
}

/** An unused code, half a minute after the last. */
function nextCode() {
  product.clock.advance(30_000)
  return codeOf(owner.key, product.clock.now())
}

const inDigitsFrom = (zero: number, code: string) =>
  code.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))

describe('an authenticator code is forgiven', () => {
  for (const [how, typed] of [
    ['a space in the middle', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['a dash in the middle', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    [
      'a non-breaking space and an en dash',
      (code: string) => `${code.slice(0, 3)}\u00a0${code.slice(3, 5)}–${code.slice(5)}`,
    ],
    ['spaces and a line end around it', (code: string) => `  ${code}\r\n`],
    ['Arabic-Indic digits', (code: string) => inDigitsFrom(0x660, code)],
    ['full-width digits', (code: string) => inDigitsFrom(0xff10, code)],
    ['a zero-width space inside', (code: string) => `${code.slice(0, 3)}\u200b${code.slice(3)}`],
    ['brackets and quotes', (code: string) => `["${code}"]`],
    ['a full stop at its end', (code: string) => `${code}.`],
    ['a minus sign inside', (code: string) => `${code.slice(0, 3)}\u2212${code.slice(3)}`],
  ] as const)
    test(`${how} (A20)`, async () => {
      assert.equal((await answerCode(await pending(), typed(nextCode()))).location, '/')
    })
})

describe('what is no code is refused with 422, costs no try, and breaks nothing', () => {
  const cases: [string, (code: string) => string][] = [
    [
      'circled digits',
      (code) =>
        code.replace(/\d/g, (digit) => (digit === '0' ? '\u24ea' : String.fromCodePoint(0x245f + Number(digit)))),
    ],
    ['two codes', (code) => `${code} ${code}`],
    ['five digits', (code) => code.slice(1)],
    ['seven digits', (code) => `${code}0`],
    ['an exponent', () => '1e5999'],
    ['a plus sign', (code) => `+${code.slice(1)}`],
    ['a fraction', (code) => `${code}.0`],
    ['nothing', () => ''],
    ['blanks', () => '   '],
    ['dashes', () => '------'],
    ['ten thousand digits', () => '1'.repeat(10_000)],
    ['a point inside', (code) => `${code.slice(0, 3)}.${code.slice(3)}`],
    ['two lines of a list', (code) => ` 1. ${code}\n 2. ${code}`],
  ]
  for (const [what, typed] of cases)
    test(`${what} (A20)`, async () => {
      const browser = await pending()
      const before = [await attemptsLeft(), await loggedEvents(product, owner.email)]
      const answer = await answerCode(browser, typed(codeOf(owner.key, product.clock.now())))
      assert.equal(answer.status, 422)
      assert.match(answer.html, /aria-invalid="true"/)
      assert.deepEqual([await attemptsLeft(), await loggedEvents(product, owner.email)], before)
      assert.deepEqual(product.faults, [])
    })

  test('but counts against the address (A20)', async () => {
    const limited = await latchkey({ attemptsPerAddress: 5 }, product)
    const [browser] = await manyOwingCode(limited, owner.email, 1, { address: '198.51.100.7' })
    const statuses: (number | undefined)[] = []
    for (let attempt = 0; attempt < 6; attempt++)
      statuses.push((await browser?.post(CODE_PAGE, { code: '12345' }))?.status)
    assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429])
  })
})

describe('a recovery code', () => {
  const cyrillic = (code: string) =>
    code.replace(/[aceopx]/g, (letter) => ({ a: 'а', c: 'с', e: 'е', p: 'р', x: 'х' })[letter] ?? letter)

  test('in capitals, without its dash, with o for 0 and l for 1, is accepted, once (A21)', async () => {
    const [first = '', second = ''] = owner.codes
    const typed = first.toUpperCase().replace('-', '').replaceAll('0', 'O').replaceAll('1', 'l')
    assert.equal((await answerCode(await pending(), ` ${typed} `)).location, '/')
    const again = await answerCode(await pending(), first)
    assert.equal(again.status, 422)
    assert.match(again.text, /not one of yours or has been used/)
    const spaced = second.split('').join(' ')
    assert.equal((await answerCode(await pending(), spaced)).location, '/')
  })

  for (const [what, typed] of [
    ['Cyrillic look-alikes', (code: string) => cyrillic(`${code.slice(0, -1)}a`)],
    ['a second code behind it', (code: string) => `${code} ${owner.codes[6]}`],
    ['a second line of our file', (code: string) => ` 6. ${code}\n 7. ${owner.codes[6]}`],
    ['the Kelvin sign for a k', (code: string) => `\u212a${code.slice(1)}`],
    [
      'full-width letters',
      (code: string) => code.replace(/[a-z0-9]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
    ],
    ['a dotless i', (code: string) => `\u0131${code.slice(1)}`],
    ['a u, which is no letter of it', (code: string) => `u${code.slice(1)}`],
  ] as const)
    test(`with ${what} is no code: 422, and it stays unused (A21)`, async () => {
      const before = await everyRow(product)
      const answer = await answerCode(await pending(), typed(owner.codes[5] ?? ''))
      assert.equal(answer.status, 422)
      assert.match(answer.text, /Enter the six digits your authenticator shows, or one of your recovery codes/)
      assert.deepEqual((await everyRow(product)).recovery_codes, before.recovery_codes)
    })

  test('of another account opens nothing', async () => {
    const other = await withTwoFactor(product)
    assert.equal((await answerCode(await pending(), other.codes[0] ?? '')).status, 422)
  })

  test('says how many are left, warns from three on, and after the last leads to new ones (A24)', async () => {
    const { email, codes, key } = await withTwoFactor(product)
    for (const [index, code] of codes.entries()) {
      const [browser] = await manyOwingCode(product, email, 1)
      const answer = await browser?.post(CODE_PAGE, { code })
      const left = 11 - index
      assert.equal(answer?.location, left === 0 ? '/settings/two-factor/recovery-codes' : '/')
      const page = await browser?.get(answer?.location ?? '')
      assert.equal(page?.status, 200)
      const words =
        left === 0 ? /It was the last one/ : left === 1 ? /1 of 12 is left/ : new RegExp(`${left} of 12 are left`)
      assert.match(page?.text ?? '', words)
      assert.equal(/class="callout warn"/.test(page?.html ?? ''), left <= 3)
      if (left === 0) assert.equal((await browser?.get('/'))?.location, '/settings/two-factor/recovery-codes')
    }
    const last = await owingCode(product, email)
    assert.equal((await answerCode(last, codes[11] ?? '')).status, 422)
    assert.equal((await answerCode(last, codeOf(key, product.clock.now()))).status, 303)
    const { recovery_codes: rows = [] } = await everyRow(product)
    const { id } = await accountOf(product, email)
    const own = rows.filter((row) => row.includes(`"accountId":${id},`))
    assert.equal(own.filter((row) => row.includes('"sealed":null')).length, 12)
  })
})
