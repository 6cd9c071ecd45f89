import { button, expect, field, heading, notice, signIn, signOut, test, verify } from './support.ts'

const TRUST = "Don't ask on this browser for 30 days"

test('a trusted browser is in with the password alone, until it is forgotten; others are asked', async ({
  page,
  withTwoFactor,
  authenticator,
  anotherBrowser,
}) => {
  await page.goto('/')
  await signOut(page)
  await signIn(page, withTwoFactor)
  await expect(field(page, TRUST)).not.toBeChecked()
  await field(page, TRUST).check()
  await verify(page, authenticator.wrongCode())
  await expect(field(page, TRUST)).toBeChecked()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()

  await signOut(page)
  await signIn(page, withTwoFactor)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  const other = await anotherBrowser()
  await signIn(other, withTwoFactor)
  await expect(heading(other, 'Two-Factor Authentication')).toBeVisible()

  await page.goto('/settings/sessions')
  await expect(page.getByRole('row').filter({ hasText: 'This session' })).toContainText('on a trusted browser')
  await button(page, 'Forget').click()
  await expect(notice(page, 'Forgotten.')).toBeVisible()
  await page.goto('/')
  await signOut(page)
  await signIn(page, withTwoFactor)
  await expect(heading(page, 'Two-Factor Authentication')).toBeVisible()
})
