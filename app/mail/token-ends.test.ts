import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accessTokens, accounts, mails } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  confirmedAccount,
  latchkey,
  mailsTo,
  PASSWORD,
  signedInBrowser,
  signedUp,
  TOKENS_PAGE,
  tokenFields,
  withToken,
} from '#testing/index.ts'
import { assertInvariants } from '#testing/invariants.ts'
import { writeTokenEnds } from './token-ends.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const product = await latchkey({ sessionIdle: 300 * DAY, sessionLifetime: 365 * DAY, allowEndlessTokens: true })
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
  await db.delete(mails)
})
after(product.close)

/** The subjects of the mails about ends, as the mailing writes them now. */
async function told(email: string) {
  await writeTokenEnds(deps)
  return (await mailsTo(product, email)).map(({ subject }) => subject).filter((subject) => /ends/.test(subject))
}
const endOf = async (id: string) => {
  const [token] = await db.select().from(accessTokens).where(eq(accessTokens.id, id))
  assert.ok(token?.expiresAt, 'the token has an end')
  return token.expiresAt.getTime()
}
/** To `ms` before the end of a token. */
const goTo = async (id: string, ms: number) => clock.advance((await endOf(id)) - ms - clock.now().getTime())
const dayIn = (days: number) => new Date(clock.now().getTime() + days * DAY).toISOString().slice(0, 10)
const story = async (fields: Record<string, string> = {}) => {
  const { browser, email } = await signedUp(product)
  return { browser, email, ...(await withToken(product, browser, fields)) }
}
const SOON = 'An access token at Latchkey ends soon'
const TOMORROW = 'An access token at Latchkey ends within a day'

describe('before an access token ends', () => {
  test('its owner is told a week before and a day before, once each, and never after', async () => {
    const { email, id, value } = await story()
    await goTo(id, 7 * DAY + 1)
    assert.deepEqual(await told(email), [])
    await goTo(id, 7 * DAY)
    assert.deepEqual(await told(email), [SOON])
    await goTo(id, DAY + 1)
    assert.deepEqual(await told(email), [SOON])
    await goTo(id, DAY)
    assert.deepEqual(await told(email), [SOON, TOMORROW])
    for (const later of [1, 0, -DAY]) {
      await goTo(id, later)
      assert.deepEqual(await told(email), [SOON, TOMORROW])
    }
    const [mail] = (await mailsTo(product, email)).filter(({ subject }) => subject === SOON)
    assert.match(
      mail?.paragraphs[0] ?? '',
      /^The access token “Nightly backup” \(\S+\) of your account .* ends on 30 May 2026/,
    )
    assert.equal(mail?.link?.href, 'https://latchkey.test/settings/tokens')
    assert.ok(!JSON.stringify(mail).includes(value), 'its value is in no mail')
  })

  test('however many processes write at once, there is one mail', async () => {
    const { email, id } = await story()
    await goTo(id, 7 * DAY)
    const others = await Promise.all([1, 2, 3, 4].map(() => latchkey({}, { ...product })))
    await Promise.all([...others, product].flatMap((each) => [writeTokenEnds(each.deps), writeTokenEnds(each.deps)]))
    assert.deepEqual(await told(email), [SOON])
  })

  test('where nothing ran for days, one mail tells what two would have', async () => {
    const { email, id } = await story()
    await goTo(id, 3 * HOUR)
    assert.deepEqual(await told(email), [TOMORROW])
    await goTo(id, HOUR)
    assert.deepEqual(await told(email), [TOMORROW])
  })

  test('a token that is made for three days has the mail of the last day alone', async () => {
    const { email, id } = await story({ expires_at: dayIn(3) })
    assert.deepEqual(await told(email), [])
    await goTo(id, DAY)
    assert.deepEqual(await told(email), [TOMORROW])
  })

  for (const [change, path] of [
    ['edited', 'edit'],
    ['regenerated', 'regenerate'],
  ] as const)
    test(`a new end starts over: ${change}`, async () => {
      const { browser, email, id } = await story()
      await goTo(id, DAY)
      assert.deepEqual(await told(email), [TOMORROW])
      await db.delete(mails)
      await changed(browser, id, path, dayIn(30))
      assert.deepEqual(await told(email), [])
      await goTo(id, 7 * DAY)
      assert.deepEqual(await told(email), [SOON])
      await changed(browser, id, path, new Date((await endOf(id)) - 1).toISOString().slice(0, 10))
      assert.deepEqual(await told(email), [SOON], 'the same end is not told of twice')
      await goTo(id, DAY)
      assert.deepEqual(await told(email), [SOON, TOMORROW])
    })

  test('an end that changes while the mail is written is not told of', async () => {
    const { browser, email, id } = await story()
    await goTo(id, 7 * DAY)
    const [token] = (await deps.mailing.dueTokenEnds(clock.now(), 100)).filter((due) => due.id === id)
    assert.ok(token, 'it is due')
    await changed(browser, id, 'edit', dayIn(30))
    assert.equal(await deps.mailing.passTokenEnd({ token, next: null, mail: undefined }), false)
    assert.deepEqual(await told(email), [])
    await goTo(id, 7 * DAY)
    assert.deepEqual(await told(email), [SOON])
  })

  test('a token without an end has no mail', async () => {
    const { email } = await story({ never: 'yes', expires_at: '' })
    for (let days = 0; days < 365; days += 30) {
      clock.advance(30 * DAY)
      assert.deepEqual(await told(email), [])
    }
  })

  test('a suspended account hears nothing, a resumed one of what is still to come; an ended guest hears nothing', async () => {
    const { email, id } = await story()
    const guest = await story()
    const set = async (whose: string, values: Partial<typeof accounts.$inferInsert>) =>
      db
        .update(accounts)
        .set(values)
        .where(eq(accounts.id, (await accountOf(product, whose)).id))
    await set(email, { suspendedAt: clock.now() })
    await goTo(id, 7 * DAY)
    await set(guest.email, { endsAt: clock.now() })
    assert.deepEqual([await told(email), await told(guest.email)], [[], []])
    await set(email, { suspendedAt: null })
    assert.deepEqual(await told(email), [])
    await goTo(id, DAY)
    assert.deepEqual(await told(email), [TOMORROW])
    assert.deepEqual(await told(guest.email), [])
  })

  test('an address that nobody confirmed hears nothing where mail is sent; a confirmed one does', async () => {
    const mailing = await latchkey({ smtpUrl: 'smtp://127.0.0.1:1' }, { ...product })
    const email = await confirmedAccount(mailing)
    const confirmed = await withToken(mailing, await signedInBrowser(mailing, email))
    const { email: stranger, id } = await story()
    await goTo(id, 7 * DAY)
    assert.equal(await endOf(id), await endOf(confirmed.id))
    await writeTokenEnds(mailing.deps)
    assert.deepEqual([await told(email), await told(stranger)], [[SOON], []])
  })
})

const changed = async (browser: Browser, id: string, path: 'edit' | 'regenerate', expires_at: string) => {
  const fields = path === 'edit' ? tokenFields(product, { expires_at }) : { expires_at }
  const { status, text } = await browser.post(`${TOKENS_PAGE}/${id}/${path}`, { ...fields, password: PASSWORD })
  assert.equal(status, 303, text)
}
