import { setUpPasskeyByRequest } from './passkeys.ts'
import { button, expect, field, heading, openCodePage, openStepOne, test, verify } from './support.ts'

test('nothing of passkeys is seen at the set-up and at sign-in', async ({ page, signedUp }) => {
  await openStepOne(page, signedUp)
  await expect(button(page, 'Next')).toBeVisible()
  await expect(page.getByText('passkey')).toBeHidden()
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await expect(button(page, 'Sign in')).toBeVisible()
  await expect(button(page, 'Use a passkey')).toBeHidden()
})

test('whoever has passkeys alone reads what it takes, and a recovery code opens the account', async ({
  page,
  signedUp,
}) => {
  const [code = ''] = await setUpPasskeyByRequest(page, signedUp)
  await openCodePage(page, signedUp)
  await expect(page.getByText('Your account has passkeys alone.')).toBeVisible()
  await expect(button(page, 'Use a passkey')).toBeHidden()
  await expect(field(page, 'Code')).toBeVisible()
  await verify(page, code)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('the page that registers a passkey says that this browser can not, and leads back', async ({ page, signedUp }) => {
  await setUpPasskeyByRequest(page, signedUp)
  await page.goto('/settings/two-factor/replace/confirm')
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Continue').click()
  await expect(heading(page, 'Replace Passkey')).toBeVisible()
  await expect(page.getByText('This browser has no passkeys, or its scripts are switched off.')).toBeVisible()
  await expect(button(page, 'Replace passkey')).toBeHidden()
  await button(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
})
