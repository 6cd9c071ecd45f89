import { button, expect, fact, heading, link, signInByRequest, test } from './support.ts'

test('without a second factor the dashboard says so and offers to set it up', async ({ page, signedUp }) => {
  await page.goto('/')
  await expect(page.getByText(signedUp.email)).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Your account is protected by a password alone.')
  await expect(fact(page, 'Second factor')).toHaveText('Off')
  await expect(fact(page, 'Recovery codes')).toHaveText('None yet')

  await button(page, 'Set Up Two-Factor Authentication').click()
  await expect(page.getByRole('dialog', { name: 'Set Up Two-Factor Authentication' })).toBeVisible()
})

test('with a second factor the dashboard says so, and how many recovery codes are left', async ({
  page,
  withTwoFactor,
}) => {
  await page.goto('/')
  await expect(page.getByText(withTwoFactor.email)).toBeVisible()
  await expect(fact(page, 'Second factor')).toHaveText('On')
  await expect(fact(page, 'Recovery codes')).toHaveText('12 of 12 left')
})

test('the last sign-ins tell how, from where, and which is this one', async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  await page.context().clearCookies()
  await signInByRequest(page.request, withTwoFactor, await authenticator.nextCode())
  await page.goto('/')

  const rows = page.locator('section', { hasText: 'Last sign-ins' }).getByRole('listitem')
  await expect(rows).toHaveCount(2)
  await expect(rows.nth(0)).toContainText('Password and authenticator')
  await expect(rows.nth(0)).toContainText('This session')
  await expect(rows.nth(0)).toContainText('Chrome')
  await expect(rows.nth(1)).toContainText('Password')
  await expect(rows.nth(1)).not.toContainText('This session')
})

test('Settings stands at the top right and leads to Account and Activity', { tag: '@phone' }, async ({
  page,
  signedUp,
}) => {
  await page.goto('/')
  const settings = link(page.getByRole('navigation', { name: 'Account' }), 'Settings')
  const place = await settings.boundingBox()
  const { width } = page.viewportSize() ?? { width: 0 }
  expect(place?.x).toBeGreaterThan(width / 3)
  expect(place?.y).toBeLessThan(100)

  await settings.click()
  await expect(heading(page, 'Account')).toBeVisible()
  await expect(page.getByRole('main').getByText(signedUp.email)).toBeVisible()
  await link(page.getByRole('navigation', { name: 'Settings' }), 'Activity').click()
  await expect(heading(page, 'Activity')).toBeVisible()
})
