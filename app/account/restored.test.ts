import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { apps, openidConsents } from '#db/schema.ts'
import {
  accountOf,
  answerCode,
  codeOf,
  followed,
  latchkey,
  manyOwingCode,
  owingCode,
  PASSWORD,
  pathIn,
  queuedFor,
  RECOVERY_CODES_PAGE,
  signedInWith,
  signedUp,
  withToken,
  withTwoFactor,
} from '#testing/index.ts'
import { assertInvariants, stateOf } from '#testing/invariants.ts'
import { addClient } from '#testing/openid.ts'
import { closeAfterRestore } from './restored.ts'

const product = await latchkey()
const { clock, database, deps } = product
afterEach(async () => {
  assert.deepEqual(product.faults.splice(0), [])
  await assertInvariants(database)
})
after(product.close)

describe('after a database was put back from a backup (A77)', () => {
  test('nothing that was used up since the backup opens anything: codes, sessions, sign-ins half done, tokens', async () => {
    const { browser, email, key, codes } = await withTwoFactor(product)
    const { value } = await withToken(product, browser)
    const half = await owingCode(product, email)
    const usedSince = codeOf(key, clock.now())
    assert.equal(await closeAfterRestore(deps), 1)

    assert.equal((await browser.get('/settings/account')).location, '/sign-in?return_to=%2Fsettings%2Faccount')
    assert.equal((await answerCode(half, usedSince)).location, '/sign-in')
    const bearer = { Authorization: `Bearer ${value}` }
    assert.equal((await product.browser().get('/api/v1/account', bearer)).status, 401)
    for (const code of [usedSince, codes[0] ?? '']) {
      const [again] = await manyOwingCode(product, email, 1)
      assert.equal(again && (await answerCode(again, code)).status, 422)
    }
  })

  test('its owner comes in with the next code, and is led to make new recovery codes', async () => {
    const { email, key } = await withTwoFactor(product)
    await closeAfterRestore(deps)
    clock.advance(60_000)
    const browser = await signedInWith(product, email, codeOf(key, clock.now()))
    assert.equal((await browser.get('/settings/account')).location, RECOVERY_CODES_PAGE)
    const { count, recoveryCodes } = await stateOf(database, email)
    assert.equal(count('restored'), 1)
    assert.ok(recoveryCodes.every(({ sealed, usedAt }) => sealed === null && usedAt !== null))
  })

  test('no password opens anything, the old one and a present one alike, until its owner has set one by mail', async () => {
    const { email } = await signedUp(product)
    await closeAfterRestore(deps)
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 422)
    const asked = (await queuedFor(product, email)).at(-1)
    assert.match(asked?.paragraphs.join(' ') ?? '', /put its database back from a backup.*so we closed it/)
    assert.equal(asked?.link?.href, 'https://latchkey.test/reset-password')
    const owner = product.browser()
    await owner.post('/reset-password', { email })
    const reset = (await queuedFor(product, email)).at(-1)
    await followed(owner, reset ? pathIn(reset) : '')
    assert.equal((await owner.post('/mail/reset-password', { password: 'eleven sardines hum quietly' })).status, 303)
    assert.equal((await owner.post('/sign-in', { email, password: 'eleven sardines hum quietly' })).location, '/')
  })

  test('third-party apps ask again what people had allowed, who may have taken it back since', async () => {
    const { email } = await signedUp(product)
    const { name } = await addClient(product, { isThirdParty: 1 })
    const { id: accountId } = await accountOf(product, email)
    const [app] = await database.db.select().from(apps).where(eq(apps.name, name))
    const consent = { accountId, appId: app?.id ?? '', scopes: 'openid email', givenAt: clock.now() }
    await database.db.insert(openidConsents).values(consent)
    await closeAfterRestore(deps)
    assert.equal(await database.db.$count(openidConsents), 0)
  })

  test('"This was not me" links of the backup are good: an owner takes back what it has of somebody else', async () => {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    const notice = (await queuedFor(product, email)).find(({ subject }) => /token was generated/.test(subject))
    await browser.post('/reset-password', { email })
    await closeAfterRestore(deps)
    assert.deepEqual(
      (await stateOf(database, email)).mailLinks.map(({ purpose }) => purpose),
      ['not_me'],
    )
    const owner = product.browser()
    await followed(owner, notice ? pathIn(notice) : '')
    assert.equal((await owner.post('/mail/not-me')).status, 303)
  })

  test('passwords may be kept: the password alone opens what has no second factor; done twice, it is written twice and freezes once', async () => {
    const { email } = await signedUp(product)
    await closeAfterRestore(deps, { keepPasswords: true })
    await closeAfterRestore(deps, { keepPasswords: true })
    assert.deepEqual(await queuedFor(product, email), [], 'nobody is asked for anything')
    const { count, account } = await stateOf(database, email)
    assert.deepEqual([count('restored'), count('tokens_frozen'), account.securityVersion], [2, 1, 3])
    assert.equal((await product.browser().post('/sign-in', { email, password: PASSWORD })).status, 303)
  })
})
