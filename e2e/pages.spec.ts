import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import {
  pagesAfterNotice,
  pagesBehindMails,
  pagesOfStrangers,
  pagesWithoutSecondFactor,
  pagesWithSecondFactor,
  type State,
} from './every-page.ts'
import { expect, heading, test } from './support.ts'
import { weightOf } from './weight.ts'

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const LOOKS_AND_FINGERS = ['color-contrast', 'target-size', 'link-in-text-block', 'meta-viewport']
const MOST_BYTES = 14 * 1024 // on the wire, everything included: what a new connection carries in its first round trip
const THREE_MINUTES = 3 * 60_000
const NARROWEST = 360 // CSS pixels

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

test('the pages that links in mails lead to are in order', { tag: '@phone' }, async ({ page, signedUp, mailTo }) => {
  expect(mailTo).toBeDefined() // skipped if no mail can be read
  for (const state of [...pagesBehindMails, ...pagesAfterNotice]) await expectInOrder(page, state, signedUp)
})

test('a page that does not exist says so, and leads on', { tag: '@phone' }, async ({ page }) => {
  const response = await page.goto('/no-such-page')
  expect(response?.status()).toBe(404)
  await expect(page).toHaveTitle(/\w+ · Latchkey$/)
  await expectAccessible(page)
  await page.getByRole('main').getByRole('link').first().click()
  await expect(heading(page, 'Sign in')).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`a browser without the newer color functions has every contrast, in ${colorScheme}`, async ({
    page,
    signedUp: _,
  }) => {
    await page.emulateMedia({ colorScheme })
    await page.route('**/*.css', async (route) => {
      const css = await (await route.fetch()).text()
      await route.fulfill({ contentType: 'text/css', body: css.replaceAll(WITH_NEWER_FUNCTION, '') })
    })
    for (const path of ['/', '/settings/account', '/settings/tokens', '/settings/password']) {
      await page.goto(path)
      await expectAccessible(page)
      const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
      expect(paper, path).toBe(colorScheme === 'dark' ? 'rgb(18, 20, 17)' : 'rgb(248, 247, 243)')
    }
  })

/** A title, one heading, nothing that WCAG 2.2 AA forbids, no sideways scrolling on the phone, and on the wide screen the weight. */
async function expectInOrder<Whose>(
  page: Page,
  { name, heading: title, open }: State<Whose>,
  account: Whose,
): Promise<void> {
  await test.step(name, async () => {
    await open(page, account)
    await expect(page).toHaveTitle(`${title} · Latchkey`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
    await expect(page.getByRole('main')).toHaveCount(1)
    await expectAccessible(page)
    if (page.viewportSize()?.width !== NARROWEST) expect.soft(await weightOf(page), name).toBeLessThan(MOST_BYTES)
    else
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(NARROWEST)
  })
}

/** All of it on the wide, light screen; on the dark phone, what looks or fingers can change. */
async function expectAccessible(page: Page): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const isPhone = page.viewportSize()?.width === NARROWEST
  const { violations } = await (isPhone ? axe.withRules(LOOKS_AND_FINGERS) : axe.withTags(WCAG_2_2_AA)).analyze()
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
  expect.soft(found).toEqual([])
}
