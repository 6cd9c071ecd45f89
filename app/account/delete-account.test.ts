import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { accounts, formerAddresses, mailLinks, recoveries } from '#db/schema.ts'
import { apiClient } from '#testing/clients/v1.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  copyOf,
  everyRow,
  followed,
  latchkey,
  mailsTo,
  mailTo,
  openDoors,
  operator,
  owingCode,
  PASSWORD,
  pageOf,
  SESSION,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { newId } from '../lib/tokens.ts'
import { writeNotices } from '../mail/mailing.ts'
import { COMMAND_LINE } from '../operators/command-line.ts'
import { beginRescue } from '../operators/rescue.ts'
import { keepHouse } from '../process/housekeeping.ts'
import { closeAfterRestore } from './restored.ts'

const product = await latchkey()
const { clock, database, deps } = product
const { db } = database
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

const DELETE = '/settings/account/delete'
const FRESH_PROOF = '/settings/two-factor/fresh-proof'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const WILL_BE = /^Your account at .* will be deleted$/

const deleteAtOf = async (email: string) => (await accountOf(product, email)).deleteAt

/** An account whose owner has just asked for its deletion, and the path in the mail about it. */
async function leaving() {
  const person = await withTwoFactor(product)
  assert.equal((await person.browser.post(DELETE, { password: PASSWORD })).location, '/sign-in')
  return { ...person, path: (await mailTo(product, person.email, WILL_BE)).path }
}

describe('deleting the own account', () => {
  test('takes the password, and a second factor that was shown in the last ten minutes', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    assert.match((await browser.get('/settings/account')).html, new RegExp(`href="${DELETE}"`))
    clock.advance(10 * MINUTE)
    const stale = await browser.post(DELETE, { password: PASSWORD })
    assert.equal(stale.location, `${FRESH_PROOF}?return_to=${encodeURIComponent(DELETE)}`)
    const proved = await browser.post(FRESH_PROOF, { code: codeOf(key, clock.now()), return_to: DELETE })
    assert.equal(proved.location, DELETE)
    for (const wrong of ['', 'not that one at all'])
      assert.equal((await browser.post(DELETE, { password: wrong })).status, 422)
    assert.equal(await deleteAtOf(email), null)
    assert.equal((await browser.post(DELETE, { password: PASSWORD })).location, '/sign-in')
    assert.deepEqual(await deleteAtOf(email), new Date(clock.now().getTime() + 7 * DAY))
    const { text } = await browser.get('/sign-in')
    assert.match(text, /Your account will be deleted in 7 days\./)
  })

  test('takes the password alone where that is all there is', async () => {
    const { browser, email } = await signedUp(product)
    assert.equal((await browser.post(DELETE, { password: PASSWORD })).location, '/sign-in')
    assert.ok(await deleteAtOf(email), 'it is to be deleted')
  })

  test('closes it at once: no session, half-done sign-in, trusted browser or access token opens anything', async () => {
    const { browser, email, key } = await withTwoFactor(product)
    const { value } = await withToken(product, browser)
    const account = await accountOf(product, email)
    const [pending, copy] = [await openDoors(product, email, account), copyOf(product, browser)]
    await browser.post(DELETE, { password: PASSWORD })
    assert.ok(!browser.cookies.has(SESSION), 'the cookie is gone')
    assert.equal((await copy.get('/')).location, '/sign-in')
    assert.equal((await answerCode(pending, codeOf(key, clock.now()))).location, '/sign-in')
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 401)
    const { sessions, pendingSignIns, trustedBrowsers, factors } = await stateOf(database, email)
    assert.deepEqual([sessions, pendingSignIns, trustedBrowsers, factors.length], [[], [], [], 1])
  })

  test('is told by mail at once, to the address of the account and to those it has left lately', async () => {
    const person = await withTwoFactor(product)
    const former = `former.${person.email}`
    const { id: accountId } = await accountOf(product, person.email)
    const left = { leftAt: clock.now(), expiresAt: new Date(clock.now().getTime() + DAY) }
    const kept = JSON.stringify({ factors: [], tokens: [], codesMadeAt: null })
    await db.insert(formerAddresses).values({ id: newId(), accountId, email: former, kept, ...left })
    await person.browser.post(DELETE, { password: PASSWORD })
    await writeNotices(deps)
    const { paragraphs, after: below } = await mailTo(product, person.email, WILL_BE)
    assert.match(paragraphs.join(' '), /from Firefox on Linux at the address/)
    assert.match(below?.join(' ') ?? '', /If it wasn't you, someone knows your password/)
    assert.equal((await mailsTo(product, person.email)).filter(({ subject }) => /delet/.test(subject)).length, 1)
    const { path } = await mailTo(product, former, /will be deleted/)
    const stranger = product.browser()
    assert.match((await followed(stranger, path)).text, /Keep the account, which is to be deleted/)
    await stranger.post(pageOf(path))
    const { account, count } = await stateOf(database, former)
    assert.deepEqual([account.deleteAt, count('deletion_undone')], [null, 1])
  })

  test('is refused to the last operator, and one of two who ask at the same time stays (P08)', async () => {
    await db.update(accounts).set({ role: 'member' })
    const [first, second] = [await operator(product), await operator(product)]
    const ask = ({ browser }: typeof first) => browser.post(DELETE, { password: PASSWORD })
    const answers = await Promise.all([ask(first), ask(second)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422])
    const refused = answers.find(({ status }) => status === 422)
    assert.match(refused?.text ?? '', /You are the last operator who can work here/)
    await db.update(accounts).set({ role: 'member' })
  })
})

describe('a deletion that is ahead', () => {
  test('is taken back by a complete sign-in, which says so, and not by the password alone', async () => {
    const { email, key } = await leaving()
    clock.advance(DAY)
    const browser = await owingCode(product, email)
    assert.ok(await deleteAtOf(email), 'the code is still owed')
    assert.equal((await answerCode(browser, codeOf(key, clock.now()))).location, '/')
    assert.match((await browser.get('/')).text, /Your account stays\. It was to be deleted\./)
    const { account, mailLinks: links, count } = await stateOf(database, email)
    const left = links.filter(({ purpose }) => purpose === 'keep_account')
    assert.deepEqual([account.deleteAt, left, count('deletion_undone')], [null, [], 1])
    await writeNotices(deps)
    assert.match((await mailTo(product, email, /^Your account won't be deleted/)).path, /^\/mail\/not-me/)
  })

  test('is taken back by the password where that is all there is, and its access tokens work again', async () => {
    const { browser, email } = await signedUp(product)
    const { value } = await withToken(product, browser)
    await browser.post(DELETE, { password: PASSWORD })
    const again = await product.browser().post('/sign-in', { email, password: PASSWORD })
    assert.equal(again.location, '/')
    assert.equal(await deleteAtOf(email), null)
    assert.equal((await apiClient(product).call('GET', '/account', value)).status, 200)
  })

  test('is taken back by what lets an owner in who has lost the second factor: an operator’s code, and the wait', async () => {
    const rescued = await leaving()
    const result = await beginRescue(deps, rescued.email, { operatorId: null, reason: 'Lost', origin: COMMAND_LINE })
    const code = result.ok ? (result.code ?? '') : ''
    const coming = await owingCode(product, rescued.email)
    assert.equal((await coming.post('/sign-in/two-factor/rescue', { code })).status, 303)
    assert.equal(await deleteAtOf(rescued.email), null)

    const { email } = await leaving()
    const { id: accountId } = await accountOf(product, email)
    const from = { address: '192.0.2.1', browser: 'Firefox', system: null }
    await db.insert(recoveries).values({ accountId, begunAt: clock.now(), opensAt: clock.now(), ...from })
    const waited = await owingCode(product, email)
    assert.equal((await waited.post('/sign-in/two-factor/lost-everything/set-up')).status, 303)
    const { account, sessions } = await stateOf(database, email)
    assert.deepEqual([account.deleteAt, sessions.map(({ method }) => method)], [null, ['delayed_recovery']])
  })

  test('is taken back by the link in the mail: to look changes nothing, and twenty at once take it back once', async () => {
    const { email, path } = await leaving()
    const before = await everyRow(product)
    const readers = Array.from({ length: 20 }, () => product.browser())
    for (const reader of readers) {
      const { status, text } = await followed(reader, path)
      assert.deepEqual([status, text.includes(email)], [200, true])
    }
    assert.deepEqual(await everyRow(product), before)
    const answers = await Promise.all(readers.map((reader) => reader.post(pageOf(path))))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array(19).fill(410)])
    const { account, sessions, mailLinks: links, count } = await stateOf(database, email)
    assert.deepEqual([account.deleteAt, sessions, count('deletion_undone')], [null, [], 1])
    assert.ok(!links.some(({ purpose }) => purpose === 'keep_account'), 'the link is used up')
    const kept = readers[answers.findIndex(({ status }) => status === 303)]
    assert.match((await kept?.get('/sign-in'))?.text ?? '', /Your account stays\./)
  })

  test('keeps the link in the database as a hash, and the mail sealed', async () => {
    const { path } = await leaving()
    const [, token = ''] = path.split('token=')
    assert.equal(token.length, 43)
    assert.ok(!JSON.stringify(await everyRow(product)).includes(token), 'the token')
  })

  test('is told again a day before, once, with a link in the place of the first, and not to a suspended owner', async () => {
    const { email, path } = await leaving()
    const { email: other } = await leaving()
    await db.update(accounts).set({ suspendedAt: clock.now() }).where(eq(accounts.email, other))
    const told = async () => (await mailsTo(product, email)).filter(({ subject }) => /within a day/.test(subject))
    clock.advance(6 * DAY - 1)
    await keepHouse(deps, { rest: async () => {} })
    assert.equal((await told()).length, 0)
    for (const ms of [1, 6 * MINUTE, 6 * MINUTE]) {
      clock.advance(ms)
      await keepHouse(
        { ...deps, housekeeping: { ...deps.housekeeping, takeLease: async () => true } },
        { rest: async () => {} },
      )
    }
    assert.equal((await told()).length, 1)
    assert.equal((await mailsTo(product, other)).filter(({ subject }) => /within a day/.test(subject)).length, 0)
    assert.equal((await followed(product.browser(), path)).status, 410)
    const { path: newest } = await mailTo(product, email, /within a day/)
    const reader = product.browser()
    assert.equal((await followed(reader, newest)).status, 200)
    assert.equal((await reader.post(pageOf(newest))).location, '/sign-in')
    assert.equal(await deleteAtOf(email), null)
    await db.update(accounts).set({ suspendedAt: null }).where(eq(accounts.email, other))
  })

  test('begins again after a backup was restored, because its owner may have taken it back since', async () => {
    const { email } = await leaving()
    clock.advance(6 * DAY)
    await closeAfterRestore(deps)
    assert.deepEqual(await deleteAtOf(email), new Date(clock.now().getTime() + 7 * DAY))
  })

  test('ends its earlier link when it is asked for again', async () => {
    const { email, key, path } = await leaving()
    const browser = await owingCode(product, email)
    await answerCode(browser, codeOf(key, clock.now()))
    await browser.post(DELETE, { password: PASSWORD })
    assert.equal((await followed(product.browser(), path)).status, 410)
    assert.equal((await db.select().from(mailLinks).where(eq(mailLinks.purpose, 'keep_account'))).length > 0, true)
  })
})
