import type { Page } from 'playwright/test'
import {
  button,
  changePasswordByRequest,
  expect,
  expectOutside,
  field,
  heading,
  newPassword,
  openCodePage,
  signIn,
  signInByRequest,
  test,
  verify,
} from '../support.ts'

async function change(page: Page, current: string, next: string): Promise<void> {
  await field(page, 'Current password').fill(current)
  await field(page, 'New password').fill(next)
  await button(page, 'Change Password').click()
}

test('a sign-in that still owes its code dies with the old password, and the second factor stays (A14)', async ({
  page,
  withTwoFactor,
  authenticator,
  anotherBrowser,
}) => {
  const pending = await anotherBrowser()
  await openCodePage(pending, withTwoFactor)
  const password = newPassword()
  await changePasswordByRequest(page.request, withTwoFactor, password)
  await verify(pending, await authenticator.nextCode())
  await expect(heading(pending, 'Sign in')).toBeVisible()
  await expectOutside(pending.request)

  await signIn(pending, { ...withTwoFactor, password })
  await verify(pending, await authenticator.nextCode())
  await expect(heading(pending, 'Dashboard')).toBeVisible()
})

test('a form left open in a session that was ended changes nothing (A34)', async ({
  page,
  signedUp,
  anotherClient,
}) => {
  await page.goto('/settings/password')
  const password = newPassword()
  const owner = await anotherClient()
  await signInByRequest(owner, signedUp)
  await changePasswordByRequest(owner, signedUp, password)

  await change(page, password, newPassword())
  await expect(heading(page, 'Sign in')).toBeVisible()
  await signIn(page, { ...signedUp, password })
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
