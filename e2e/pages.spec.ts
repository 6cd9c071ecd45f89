import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright/test'
import {
  pagesAfterNotice,
  pagesBehindMails,
  pagesOfLostEverything,
  pagesOfOpenid,
  pagesOfOperators,
  pagesOfPasskeys,
  pagesOfStrangers,
  pagesOfTheGate,
  pagesWithoutSecondFactor,
  pagesWithPasskey,
  pagesWithSecondFactor,
  type State,
} from './every-page.ts'
import { isMadeUp, said } from './language.ts'
import { expectAccessible, expectContrast, expectFitsPhone, onPhone } from './looks.ts'
import { openPasskeySetUp, setUpPasskey } from './passkeys.ts'
import { button, expect, heading, test } from './support.ts'
import { PASSWORD_MANAGER, VirtualAuthenticator } from './virtual-authenticator.ts'
import { weightOf } from './weight.ts'

const MOST_BYTES = 14 * 1024 // on the wire, everything included: what a new connection carries in its first round trip
const THREE_MINUTES = 3 * 60_000

/** A declaration that Firefox ESR 115 or Safari 16 would drop. */
const WITH_NEWER_FUNCTION = /[\w-]+:[^;{}]*\b(light-dark|color-mix|oklch|oklab|contrast-color)\([^;{}]*;?/g

// A test here looks at a dozen pages or more.
test.describe.configure({ timeout: THREE_MINUTES })

test('the pages of strangers are in order', { tag: '@phone' }, async ({ page }) => {
  for (const state of pagesOfStrangers) await expectInOrder(page, state, undefined)
})

test('the pages of an account without a second factor are in order', { tag: '@phone' }, async ({ page, signedUp }) => {
  for (const state of pagesWithoutSecondFactor) await expectInOrder(page, state, signedUp)
})

test('the pages of an account with a second factor are in order', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
}) => {
  for (const state of pagesWithSecondFactor) await expectInOrder(page, state, withTwoFactor)
})

test('the pages of passkeys are in order', { tag: '@phone' }, async ({ page, signedUp }) => {
  const device = await VirtualAuthenticator.of(page, PASSWORD_MANAGER)
  const registering = {
    name: 'step 1 with a passkey',
    heading: 'Step 1 of 2: Register a Passkey',
    open: openPasskeySetUp,
  }
  await expectInOrder(page, registering, signedUp)
  await setUpPasskey(page, signedUp)
  for (const state of pagesOfPasskeys) await expectInOrder(page, state, signedUp)
  await device.touched(false) // what a page offers, the device would take
  for (const state of pagesWithPasskey) await expectInOrder(page, state, signedUp)
})

test('the pages of operators are in order', { tag: '@phone' }, async ({ page, withTwoFactor, latchkey }) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  for (const state of pagesOfOperators) await expectInOrder(page, state, withTwoFactor)
})

test('the pages of the gate are in order', { tag: '@phone' }, async ({ page, signedUp, makeApp }) => {
  const hosts = { photos: newHost(), vault: newHost(), closed: newHost() }
  await makeApp({ host: hosts.photos, title: 'Photos', level: 'password', email: signedUp.email })
  await makeApp({ host: hosts.vault, title: 'Vault', level: 'second_factor', email: signedUp.email })
  await makeApp({ host: hosts.closed, title: 'Secret', level: 'password', email: undefined })
  for (const state of pagesOfTheGate(hosts)) await expectInOrder(page, state, signedUp)
  await onPhone(page)
  await button(page.getByRole('main'), 'Sign out').click()
  await expect(heading(page, "You're signed out")).toBeVisible()
  await expectFitsPhone(page)
  await expectAccessible(page)
})

test('the pages of sign-in for other apps are in order', { tag: '@phone' }, async ({ page, signedUp, makeClient }) => {
  const { email } = signedUp
  const apps = {
    photos: await makeClient({ title: 'Photos', isThirdParty: true, email }),
    television: await makeClient({ title: 'Television', email }),
    closed: await makeClient({ title: 'Secret', email: undefined }),
  }
  for (const state of pagesOfOpenid(apps)) await expectInOrder(page, state, signedUp)
})

const newHost = () => `${randomUUID()}.example.test`

test('the pages that links in mails lead to are in order', { tag: '@phone' }, async ({ page, signedUp, mailTo }) => {
  expect(mailTo).toBeDefined() // skipped if no mail can be read
  for (const state of [...pagesBehindMails, ...pagesAfterNotice]) await expectInOrder(page, state, signedUp)
})

test('the pages behind "I have lost everything" are in order', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  mailTo,
}) => {
  expect(mailTo).toBeDefined() // skipped if no mail can be read
  for (const state of pagesOfLostEverything()) await expectInOrder(page, state, withTwoFactor)
})

test('a page that does not exist says so, and leads on', { tag: '@phone' }, async ({ page }) => {
  const response = await page.goto('/no-such-page')
  expect(response?.status()).toBe(404)
  await expect(page).toHaveTitle(/. · Latchkey$/)
  await expectFitsPhone(page)
  await expectAccessible(page)
  await page.getByRole('main').getByRole('link').first().click()
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('a browser without the newer color functions has every contrast, in light and in dark', { tag: '@phone' }, async ({
  page,
  signedUp: _,
}) => {
  await page.route('**/*.css', async (route) => {
    const css = await (await route.fetch()).text()
    await route.fulfill({ contentType: 'text/css', body: css.replaceAll(WITH_NEWER_FUNCTION, '') })
  })
  for (const path of ['/', '/settings/account', '/settings/tokens', '/settings/password']) {
    await page.goto(path)
    for (const [colorScheme, expected] of [
      ['light', 'rgb(248, 247, 243)'],
      ['dark', 'rgb(18, 20, 17)'],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await expectContrast(page)
      const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
      expect(paper, path).toBe(expected)
    }
  }
})

/**
 * A title, one heading, one main part; on the dark phone, where it was opened, no sideways scrolling; nothing that
 * WCAG 2.2 AA forbids, there and on a wide, light screen; and the weight.
 */
async function expectInOrder<Whose>(
  page: Page,
  { name, heading: title, called, open }: State<Whose>,
  account: Whose,
): Promise<void> {
  await test.step(name, async () => {
    await onPhone(page)
    await open(page, account)
    await expect(page).toHaveTitle(`${said(title, called)} · Latchkey`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(said(title, called))
    await expect(page.getByRole('main')).toHaveCount(1)
    await expectFitsPhone(page, name)
    await expectAccessible(page)
    if (!isMadeUp) expect.soft(await weightOf(page), name).toBeLessThan(MOST_BYTES)
  })
}
