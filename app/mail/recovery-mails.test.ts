import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { mails, recoveries } from '#db/schema.ts'
import { accountOf, latchkey, mailsTo, withTwoFactor } from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { writeRecoveryMails } from './recovery-mails.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const product = await latchkey()
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  await assertInvariants(database)
  await db.delete(mails)
  await db.delete(recoveries)
})
after(product.close)

/** Somebody whose wait of so many hours begins now. */
async function waiting(hours: number) {
  const { email } = await withTwoFactor(product)
  await db.delete(mails)
  const { id: accountId } = await accountOf(product, email)
  const now = clock.now()
  await db.insert(recoveries).values({
    ...{ accountId, begunAt: now, opensAt: new Date(now.getTime() + hours * HOUR), mailAt: now },
    ...{ address: '192.0.2.7', browser: 'Firefox', system: 'Linux' },
  })
  return email
}

/** The subjects, as the mailing writes them now: W for one before the wait is over, O for one after it. */
async function told(email: string) {
  await writeRecoveryMails(deps)
  const subjects = (await mailsTo(product, email)).map(({ subject }) => subject)
  return subjects
    .map((subject) => (/^Someone waits/.test(subject) ? 'W' : /can be replaced/.test(subject) ? 'O' : '?'))
    .join('')
}

describe('about somebody who waits', () => {
  test('a mail goes out at once, every day, when the wait is over, and every day until that ends, once each', async () => {
    const email = await waiting(72)
    assert.equal(await told(email), 'W')
    clock.advance(DAY - 1)
    assert.equal(await told(email), 'W')
    clock.advance(1)
    assert.deepEqual([await told(email), await told(email)], ['WW', 'WW'])
    clock.advance(DAY)
    assert.equal(await told(email), 'WWW')
    clock.advance(DAY)
    assert.equal(await told(email), 'WWWO')
    for (let day = 1; day < 7; day++) {
      clock.advance(DAY)
      assert.equal(await told(email), `WWWO${'O'.repeat(day)}`)
    }
    clock.advance(DAY)
    assert.equal(await told(email), 'WWWOOOOOOO')
    const [mail] = await mailsTo(product, email)
    assert.match(mail?.paragraphs.join(' ') ?? '', /from Firefox on Linux at the address 192\.0\.2\.7/)
    assert.match(mail?.link?.href ?? '', /^https:\/\/latchkey\.test\/mail\/stop-recovery\?token=/)
    assert.equal(
      new Set((await mailsTo(product, email)).map(({ link }) => link?.href)).size,
      10,
      'a link of its own in each',
    )
  })

  test('a wait that is over in the middle of a day has a mail at that moment', async () => {
    const email = await waiting(30)
    assert.equal(await told(email), 'W')
    clock.advance(DAY)
    assert.equal(await told(email), 'WW')
    clock.advance(6 * HOUR - 1)
    assert.equal(await told(email), 'WW')
    clock.advance(1)
    assert.equal(await told(email), 'WWO')
    clock.advance(18 * HOUR)
    assert.equal(await told(email), 'WWOO')
  })

  test('however many processes write at once, there is one mail', async () => {
    const email = await waiting(72)
    const others = await Promise.all([1, 2, 3, 4].map(() => latchkey({}, { ...product })))
    await Promise.all(
      [...others, product].flatMap((each) => [writeRecoveryMails(each.deps), writeRecoveryMails(each.deps)]),
    )
    assert.equal(await told(email), 'W')
  })

  test('where nothing ran for days, one mail tells it', async () => {
    const email = await waiting(72)
    clock.advance(2 * DAY + HOUR)
    assert.deepEqual([await told(email), await told(email)], ['W', 'W'])
    clock.advance(DAY - HOUR)
    assert.equal(await told(email), 'WO')
  })
})
