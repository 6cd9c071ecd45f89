import type { Page } from 'playwright/test'
import {
  button,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  field,
  heading,
  link,
  newPassword,
  notice,
  post,
  signInByRequest,
  submit,
  test,
} from './support.ts'

async function change(page: Page, current: string, next: string): Promise<void> {
  await field(page, 'Current password').fill(current)
  await field(page, 'New password').fill(next)
  await button(page, 'Change Password').click()
}

test('the new password opens the account, the old one and the other sessions no longer do', async ({
  page,
  signedUp,
  anotherClient,
}) => {
  const other = await anotherClient()
  await signInByRequest(other, signedUp)
  await page.goto('/settings/account')
  await link(page, 'Change Password').click()
  await expect(field(page, 'Current password')).toHaveAttribute('autocomplete', 'current-password')
  await expect(field(page, 'New password')).toHaveAttribute('autocomplete', 'new-password')
  await expect(page.locator('main input[autocomplete=username]')).toHaveValue(signedUp.email)

  const password = newPassword()
  await change(page, signedUp.password, password)
  await expect(notice(page, 'Your password has been changed.')).toBeVisible()
  await expectInside(page.request)
  await expectOutside(other)

  const again = await anotherClient()
  expect((await post(again, '/sign-in', signedUp)).status()).toBe(422)
  await signInByRequest(again, { ...signedUp, password })
  await expectInside(again)
})

test('a wrong current password is refused beside its field, and changes nothing', async ({ page, signedUp }) => {
  await page.goto('/settings/password')
  await change(page, 'not that one at all', newPassword())
  await expectRefused(field(page, 'Current password'), 'That is not the password of this account.')
  await expect(field(page, 'Current password')).toHaveValue('')
  await expect(field(page, 'New password')).toHaveValue('')
  await link(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
  await page.context().clearCookies()
  await submit(page.request, '/sign-in', signedUp)
})

test('a weak new password is refused beside its field', async ({ page, signedUp }) => {
  await page.goto('/settings/password')
  for (const weak of ['short', 'passwordpassword', signedUp.email, signedUp.password]) {
    await change(page, signedUp.password, weak)
    await expect(field(page, 'New password')).toHaveValue('')
    await expectRefused(field(page, 'New password'), /\w/)
  }
})
