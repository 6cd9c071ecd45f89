import type { Page } from 'playwright/test'
import {
  type Action,
  button,
  confirmWithPassword,
  enrolByRequest,
  expect,
  expectRefused,
  field,
  heading,
  link,
  openPopUp,
  pageOf,
  test,
} from './support.ts'

/** 1280 by 1024 at 400 %, as WCAG 1.4.10 has it. */
const SMALLEST = { width: 320, height: 256 }

type Way = { action: Action; leadsTo: string }

const ways: Way[] = [
  {
    action: 'Set Up Two-Factor Authentication',
    leadsTo: '/settings/two-factor/set-up',
  },
  {
    action: 'View Recovery Codes',
    leadsTo: '/settings/two-factor/recovery-codes',
  },
  {
    action: 'Add Authenticator',
    leadsTo: '/settings/two-factor/add',
  },
  { action: 'Disable Two-Factor Authentication', leadsTo: '/settings/account' },
]

for (const { action, leadsTo } of ways) {
  test.describe(action, () => {
    // The account each action needs: one without a second factor, or one with it.
    test.beforeEach(action.startsWith('Set Up') ? async ({ signedUp: _ }) => {} : async ({ withTwoFactor: _ }) => {})

    test('is a pop-up of that name that asks for the password, and closes by Cancel and by Escape', async ({
      page,
      signedUp,
    }) => {
      const popUp = await openPopUp(page, action)
      await expect(link(page, action)).toBeHidden()
      await expect(popUp.getByRole('heading', { name: action, exact: true })).toBeVisible()
      await expect(field(popUp, 'Password')).toBeFocused()
      await expect(field(popUp, 'Password')).toHaveAttribute('autocomplete', 'current-password')
      await expect(page.getByRole('dialog')).toHaveCount(1)
      await button(popUp, 'Cancel').click()
      await expect(page.getByRole('dialog')).toHaveCount(0)

      await openPopUp(page, action)
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)
      await expect(heading(page, pageOf(action).title)).toBeVisible()

      await confirmWithPassword(page, action, { ...signedUp, password: 'not that one at all' })
      await expect(heading(page, action)).toBeVisible()
      await expectRefused(field(page, 'Password'), 'That is not the password of this account.')
      await expect(field(page, 'Password')).toHaveValue('')
      await field(page, 'Password').fill(signedUp.password)
      await button(page, 'Continue').click()
      await expect(page).toHaveURL(leadsTo)
    })

    test('fits a window of 320 by 256: its title is seen at once, its last button by scrolling or by keys', {
      tag: '@looks',
    }, async ({ page }) => {
      await page.setViewportSize(SMALLEST)
      const popUp = await openPopUp(page, action)
      const { x = -1, y = -1, width = 0, height = 0 } = (await popUp.boundingBox()) ?? {}
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(SMALLEST.width)
      expect(y + height).toBeLessThanOrEqual(SMALLEST.height)
      await expect(popUp.getByRole('heading')).toBeInViewport({ ratio: 0.99 })
      await popUp.hover()
      await page.mouse.wheel(0, 1000)
      await expect(popUp.getByRole('button').last()).toBeInViewport({ ratio: 0.99 })
      await page.mouse.wheel(0, -1000)
      await expect(popUp.getByRole('heading')).toBeInViewport({ ratio: 0.99 })
      await popUp.getByRole('button').last().focus()
      await expect(popUp.getByRole('button').last()).toBeInViewport({ ratio: 0.99 })
    })
  })
}

test('where popovers are not known, a link leads to the same form as a page', async ({ page, signedUp }) => {
  await withoutPopovers(page)
  await expectLinkInstead(page, 'Set Up Two-Factor Authentication')
  await enrolByRequest(page.request, signedUp)
  await expectLinkInstead(page, 'View Recovery Codes')
  await expectLinkInstead(page, 'Disable Two-Factor Authentication')
  await expectLinkInstead(page, 'Add Authenticator')
  await link(page, 'Add Authenticator').click()
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Continue').click()
  await expect(page).toHaveURL('/settings/two-factor/add')
})

test('Disable asks first whether one is sure, then for the password, one pop-up at a time', async ({
  page,
  withTwoFactor,
}) => {
  await page.goto('/settings/account')
  await button(page, 'Disable Two-Factor Authentication').click()
  const popUp = page.getByRole('dialog', { name: 'Disable Two-Factor Authentication' })
  await expect(popUp).toHaveCount(1)
  await expect(field(popUp, 'Password')).toBeHidden()
  await button(popUp, 'Continue').click()
  await expect(popUp).toHaveCount(1)
  await expect(field(popUp, 'Password'), withTwoFactor.email).toBeFocused()
})

/** A link to the action's page replaces the button, and Cancel leads back from there. */
async function expectLinkInstead(page: Page, action: Action): Promise<void> {
  await page.goto(pageOf(action).path)
  await expect(button(page, action)).toBeHidden()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await link(page, action).click()
  await expect(heading(page, action)).toBeVisible()
  await expect(field(page, 'Password')).toBeVisible()
  await link(page, 'Cancel').click()
  await expect(heading(page, pageOf(action).title)).toBeVisible()
}

/** To the style sheet, a browser from before 2024: no browser knows the selector it asks about. */
async function withoutPopovers(page: Page): Promise<void> {
  await page.route('**/*.css', async (route) => {
    const css = await (await fetch(route.request().url())).text()
    await route.fulfill({ contentType: 'text/css', body: css.replaceAll(':popover-open', ':not-known-here') })
  })
}
