import {
  button,
  confirmWithPassword,
  expect,
  expectRefused,
  fact,
  field,
  heading,
  notice,
  openPopUp,
  signIn,
  signOut,
  test,
} from './support.ts'

const DISABLE = 'Disable Two-Factor Authentication'

test('disabled, the password alone signs in', async ({ page, withTwoFactor }) => {
  await confirmWithPassword(page, DISABLE, withTwoFactor)
  await expect(heading(page, 'Account')).toBeVisible()
  await expect(notice(page, 'Two-factor authentication is off.')).toBeVisible()
  await expect(button(page, 'Set Up Two-Factor Authentication')).toBeVisible()
  await expect(button(page, DISABLE)).toBeHidden()

  await signOut(page)
  await signIn(page, withTwoFactor)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(fact(page, 'Second factor')).toHaveText('Off')
  await expect(fact(page, 'Recovery codes')).toHaveText('None yet')
})

test('Cancel in either pop-up, a wrong password, or asking by link leave it on (A25)', async ({
  page,
  withTwoFactor,
}) => {
  await page.goto('/settings/account')
  await button(page, DISABLE).click()
  await button(page.getByRole('dialog'), 'Cancel').click()
  await button(await openPopUp(page, DISABLE), 'Cancel').click()
  await confirmWithPassword(page, DISABLE, { ...withTwoFactor, password: 'not that one at all' })
  await expectRefused(field(page, 'Password'), 'That is not the password of this account.')
  await page.goto(`/settings/two-factor/disable?password=${encodeURIComponent(withTwoFactor.password)}`)
  await page.goto('/')
  await expect(fact(page, 'Second factor')).toHaveText('On')
})
