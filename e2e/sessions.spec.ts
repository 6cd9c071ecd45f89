import type { Page } from 'playwright/test'
import {
  button,
  expect,
  expectInside,
  expectOutside,
  heading,
  link,
  notice,
  signIn,
  signInByRequest,
  test,
} from './support.ts'

const row = (page: Page, text: string | RegExp) => page.getByRole('row').filter({ hasText: text })

test('Sessions lists where the account is signed in; one is signed out, then all others', { tag: '@phone' }, async ({
  page,
  signedUp,
  anotherClient,
}) => {
  const others = [await anotherClient(), await anotherClient(), await anotherClient()]
  for (const other of others) await signInByRequest(other, signedUp)
  await page.goto('/settings/account')
  await link(page, 'Sessions').click()
  await expect(heading(page, 'Sessions')).toBeVisible()
  await expect(row(page, 'This session')).toContainText(/Chrome|Headless/)
  await expect(button(row(page, 'This session'), 'Sign out')).toHaveCount(0)

  const endings = button(page.getByRole('table'), 'Sign out')
  await expect(endings).toHaveCount(3)
  await endings.first().click()
  await expect(notice(page, 'Signed out.')).toBeVisible()
  await expect(endings).toHaveCount(2)

  await button(page, 'Sign out all others').click()
  await expect(notice(page, 'This is the only session left.')).toBeVisible()
  await expect(endings).toHaveCount(0)
  for (const other of others) await expectOutside(other)
  await expectInside(page.request)
})

test('Sign Out Everywhere asks in a pop-up, then ends every session, and says what was done', {
  tag: '@phone',
}, async ({ page, signedUp, anotherClient }) => {
  const other = await anotherClient()
  await signInByRequest(other, signedUp)
  await page.goto('/settings/sessions')
  await button(page.getByRole('main'), 'Sign Out Everywhere').click()
  const popUp = page.getByRole('dialog', { name: 'Sign Out Everywhere', exact: true })
  await button(popUp, 'Cancel').click()
  await expect(popUp).toBeHidden()
  await button(page.getByRole('main'), 'Sign Out Everywhere').click()
  await button(popUp, 'Sign Out Everywhere').click()

  await expect(heading(page, 'Sign in')).toBeVisible()
  await expect(notice(page, 'You are signed out everywhere.')).toContainText('change it now')
  for (const each of [page.request, other]) await expectOutside(each)
  await signIn(page, signedUp)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
