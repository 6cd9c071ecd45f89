import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { sessions } from '#db/schema.ts'
import {
  accountOf,
  type Browser,
  codeOf,
  owingCode,
  PASSWORD,
  signedInWith,
  signedUp,
  TRUSTED,
} from '#testing/index.ts'
import { stateOf } from '#testing/invariants.ts'
import { mayUseClients, type OpenidSite, openidSite } from '#testing/openid.ts'
import { aged, member, plainClient, sentBy, tokensFor } from '#testing/openid-people.ts'
import { claimsIn } from '#testing/openid-requests.ts'
import { withPasskey } from '#testing/passkeys.ts'

const site = await openidSite()
const lenient = await openidSite({ anyIsMfa: true })
after(async () => {
  await site.close()
  await lenient.close()
})
afterEach(() => assert.deepEqual([...site.faults.splice(0), ...lenient.faults.splice(0)], []))

const PROOF = '/settings/two-factor/fresh-proof'
const client = await plainClient(site)
const lenientClient = await plainClient(lenient)

/** What an app hears; `age`: how many seconds ago they showed it. */
async function heard(browser: Browser, more: Record<string, string> = {}, at: OpenidSite = site) {
  const tokens = await tokensFor(at, browser, at === site ? client : lenientClient, more)
  const { acr, amr, auth_time: authTime } = claimsIn(tokens.id_token)
  return { acr, amr, age: Math.floor(Date.now() / 1000) - Number(authTime) }
}
const level = async (browser: Browser, more: Record<string, string> = {}, at: OpenidSite = site) => {
  const { acr, amr } = await heard(browser, more, at)
  return `${acr}: ${(amr as string[]).join(' ')}`
}
const led = async (browser: Browser, more: Record<string, string>) => {
  const { at } = await sentBy(browser, client, more)
  return `${at.pathname}?level=${at.searchParams.get('level')}`
}
const ANY = `${PROOF}?level=null`
const HELD = `${PROOF}?level=held`

async function proves(browser: Browser, code: string | undefined) {
  const answer = await browser.post(PROOF, { code: code ?? '', return_to: '/settings/activity' })
  assert.equal(answer.location, '/settings/activity', answer.text)
}
async function typesPassword(browser: Browser) {
  const answer = await browser.post('/settings/password/again', { password: PASSWORD, return_to: '/settings/activity' })
  assert.equal(answer.location, '/settings/activity', answer.text)
}

async function inTrustedBrowser(at: OpenidSite) {
  const { email, key, codes } = await member(at)
  const trusting = await owingCode(at, email)
  await trusting.post('/sign-in/two-factor', { code: codeOf(key, new Date()), trust: 'yes' })
  const browser = at.browser()
  browser.cookies.set(TRUSTED, trusting.cookies.get(TRUSTED) ?? '')
  assert.equal((await browser.post('/sign-in', { email, password: PASSWORD })).location, '/')
  return { browser, email, key, codes }
}
async function byRecoveryCode(at: OpenidSite) {
  const { email, key, codes } = await member(at)
  const [first = '', ...left] = codes
  return { browser: await signedInWith(at, email, first), email, key, codes: left }
}

describe('the level of a sign-in, as an app hears of it', () => {
  test('is of what was shown as it began', async () => {
    const alone = await signedUp(site)
    await mayUseClients(site, alone.email)
    assert.equal(await level(alone.browser), '1: pwd')
    const { email, key } = await member(site)
    assert.equal(await level(await signedInWith(site, email, codeOf(key, new Date()))), '2: pwd otp mfa')
    assert.equal(await level((await byRecoveryCode(site)).browser), '1: pwd')
    assert.equal(await level((await inTrustedBrowser(site)).browser), '1: pwd')
    const holder = await withPasskey(site)
    await mayUseClients(site, holder.email)
    assert.match(await level(holder.browser), /^phrh?: pwd [hs]wk user mfa$/)
  })

  test('is none while an operator’s code or a wait has only let them set up again, and 1 once they have', async () => {
    const { browser, email } = await member(site)
    const { id } = await accountOf(site, email)
    const begun = (of: Partial<typeof sessions.$inferInsert>) =>
      site.database.db.update(sessions).set(of).where(eq(sessions.accountId, id))
    for (const method of ['rescue_code', 'delayed_recovery'] as const) {
      await begun({ method, provedAt: null, heldAt: null })
      assert.match(await led(browser, {}), /^\/settings\/two-factor\/set-up/)
    }
    await begun({ method: 'authenticator' }) // as enrolling anew leaves it, which asks for no proof
    assert.equal(await level(browser), '1: pwd')
  })

  test('is not raised by a recovery code that is shown later, however the session began (O07)', async () => {
    for (const begin of [byRecoveryCode, inTrustedBrowser]) {
      const { browser, codes } = await begin(site)
      await proves(browser, codes[0])
      assert.equal(await level(browser), '1: pwd', begin.name)
      await typesPassword(browser)
      assert.equal(await level(browser), '1: pwd', begin.name)
    }
  })

  test('is raised by a code of the authenticator, however the session began', async () => {
    for (const begin of [byRecoveryCode, inTrustedBrowser]) {
      const { browser, key } = await begin(site)
      await proves(browser, codeOf(key, new Date(), 1))
      assert.equal(await level(browser), '2: pwd otp mfa', begin.name)
    }
  })

  test('is told with the time at which that was shown, not with a later time of less (O07)', async () => {
    const { browser, email, codes } = await member(site)
    await aged(site, email, 1000)
    await proves(browser, codes[0])
    const { acr, age } = await heard(browser)
    assert.equal(acr, '2')
    assert.ok(age >= 1000, `${age} seconds`)
    for (const more of [{ max_age: '60' }, { max_age: '60', prompt: 'none' }]) {
      const young = await heard(browser, more)
      assert.equal(young.acr, '1', JSON.stringify(more))
      assert.ok(young.age <= 60, `${young.age} seconds`)
    }
  })
})

describe('an app that asks for more', () => {
  test('by acr_values gets it from the authenticator alone: a recovery code is refused, and stays good (O07)', async () => {
    for (const begin of [byRecoveryCode, inTrustedBrowser]) {
      const { browser, email, key, codes } = await begin(site)
      assert.equal(await led(browser, { acr_values: '2' }), HELD)
      const page = await browser.get(`${HELD}&return_to=/oauth/enter`)
      assert.match(page.html, /name="level" value="held"/)
      assert.match(page.text, /takes no recovery code/)
      const before = (await stateOf(site.database, email)).recoveryCodes.filter(({ usedAt }) => usedAt !== null).length
      const refused = await browser.post(PROOF, { code: codes[0] ?? '', level: 'held', return_to: '/oauth/enter' })
      assert.equal(refused.status, 422)
      assert.match(refused.text, /A recovery code is not enough here/)
      const { recoveryCodes } = await stateOf(site.database, email)
      assert.equal(recoveryCodes.filter(({ usedAt }) => usedAt !== null).length, before)
      await proves(browser, codes[0]) // where nobody asks for more
      assert.equal(await led(browser, { acr_values: '2' }), HELD, 'as often as they try')
      const shown = { code: codeOf(key, new Date(), 1), level: 'held', return_to: '/settings/activity' }
      assert.equal((await browser.post(PROOF, shown)).location, '/settings/activity')
      assert.equal(await level(browser, { acr_values: '2' }), '2: pwd otp mfa')
    }
  })

  test('by acr_values and max_age gets no old code with a new recovery code (O07)', async () => {
    const { browser, email, key, codes } = await member(site)
    await aged(site, email, 1000)
    await proves(browser, codes[0])
    const more = { acr_values: '2', max_age: '60' }
    assert.equal(await led(browser, more), HELD)
    assert.match((await browser.get('/oauth/enter')).location ?? '', /level=held/)
    await proves(browser, codeOf(key, new Date(), 1))
    const { acr, age } = await heard(browser, more)
    assert.equal(acr, '2')
    assert.ok(age <= 60, `${age} seconds`)
  })

  test('by prompt=login or max_age gets no password alone of somebody who has a second factor (O07)', async () => {
    for (const more of [{ prompt: 'login' }, { max_age: '10' }]) {
      const { browser, email, codes } = await member(site)
      await aged(site, email, 100)
      assert.equal(await led(browser, more), ANY)
      await typesPassword(browser)
      assert.equal(await led(browser, more), ANY, JSON.stringify(more))
      await proves(browser, codes[0])
      assert.match((await browser.get('/oauth/enter')).headers.get('Refresh') ?? '', /authorize/, JSON.stringify(more))
    }
  })

  test('by max_age gets a new sign-in in a browser that is trusted, as what it is', async () => {
    const { browser } = await inTrustedBrowser(site)
    assert.equal(await level(browser, { max_age: '60' }), '1: pwd')
  })

  test('by prompt=login gets the password again of somebody who has no second factor', async () => {
    const { browser, email } = await signedUp(site)
    await mayUseClients(site, email)
    await aged(site, email, 100)
    assert.match(await led(browser, { max_age: '10' }), /^\/settings\/password\/again/)
    await typesPassword(browser)
    assert.equal(await level(browser, { max_age: '10' }), '1: pwd')
  })
})

test('with OPENID_MFA=any, a recovery code and a browser that is trusted are second factors to apps as well', async () => {
  for (const begin of [byRecoveryCode, inTrustedBrowser]) {
    const { browser, email, codes } = await begin(lenient)
    assert.equal(await level(browser, { acr_values: '2' }, lenient), '2: pwd mfa', begin.name)
    await aged(lenient, email, 1000)
    const { at } = await sentBy(browser, lenientClient, { acr_values: '2', max_age: '60' })
    assert.equal(`${at.pathname}?level=${at.searchParams.get('level')}`, ANY)
    await proves(browser, codes[0])
    assert.equal(await level(browser, { acr_values: '2', max_age: '60' }, lenient), '2: pwd mfa', begin.name)
  }
})
