import type { Page } from 'playwright/test'
import {
  Authenticator,
  button,
  expect,
  expectOutside,
  expectRefused,
  field,
  heading,
  link,
  notice,
  openCodePage,
  openReplacement,
  qrCode,
  readQrCode,
  signInByRequest,
  test,
  typeCode,
  typedKey,
  verify,
} from './support.ts'

const REPLACED = 'Your authenticator has been replaced.'

async function answer(page: Page, code: string): Promise<void> {
  await typeCode(page, code)
  await button(page.getByRole('main'), 'Replace Authenticator').click()
}

test('who lost the phone gets in with a recovery code and puts a new authenticator in its place', async ({
  page,
  withTwoFactor,
}) => {
  await openCodePage(page, withTwoFactor)
  await verify(page, withTwoFactor.recoveryCodes[0] ?? '')
  await link(page, 'Lost your device? Replace Authenticator').click()
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page, 'Continue').click()

  await expect(qrCode(page)).toBeVisible()
  const replacement = new Authenticator(await typedKey(page))
  expect(await readQrCode(qrCode(page))).toContain(`secret=${replacement.key}`)
  expect(replacement.key).not.toBe(withTwoFactor.authenticator.key)
  await answer(page, await replacement.nextCode())
  await expect(heading(page, 'Account')).toBeVisible()
  await expect(notice(page, REPLACED)).toBeVisible()
  await expect(page.getByRole('main')).toContainText('11 of 12 left')

  await openCodePage(page, withTwoFactor)
  await verify(page, await withTwoFactor.authenticator.nextCode())
  await expectRefused(field(page, 'Code'), 'That code is not right.')
  await verify(page, await replacement.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('the old authenticator works until the new one is confirmed, and after a Cancel', async ({
  page,
  withTwoFactor,
  authenticator,
  anotherBrowser,
  anotherClient,
}) => {
  const replacement = await openReplacement(page, withTwoFactor)
  const other = await anotherBrowser()
  await openCodePage(other, withTwoFactor)
  await verify(other, await replacement.nextCode())
  await expectRefused(field(other, 'Code'), 'That code is not right.')
  await verify(other, await authenticator.nextCode())
  await expect(heading(other, 'Dashboard')).toBeVisible()

  await button(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
  await signInByRequest(await anotherClient(), withTwoFactor, await authenticator.nextCode())
  await page.goto('/settings/activity')
  await expect(page.getByRole('main')).not.toContainText('Authenticator replaced')
})

test('a wrong code keeps the new QR code, through a reload as well', async ({ page, withTwoFactor }) => {
  const replacement = await openReplacement(page, withTwoFactor)
  await answer(page, replacement.wrongCode())
  await expectRefused(field(page, 'Code'), /That code is not right\./)
  expect(await typedKey(page)).toBe(replacement.key)
  await page.goto('/settings/two-factor/replace')
  expect(await typedKey(page)).toBe(replacement.key)
})

test('replacing ends other sessions, spends its code, and keeps the recovery codes (A05)', async ({
  page,
  withTwoFactor,
  authenticator,
  anotherClient,
}) => {
  const other = await anotherClient()
  await signInByRequest(other, withTwoFactor, await authenticator.nextCode())
  const replacement = await openReplacement(page, withTwoFactor)
  const code = await replacement.nextCode()
  await answer(page, code)
  await expect(notice(page, REPLACED)).toBeVisible()
  await expectOutside(other)

  await openCodePage(page, withTwoFactor)
  await verify(page, code)
  await expectRefused(field(page, 'Code'), /That code has already been used\./)
  await verify(page, withTwoFactor.recoveryCodes[11] ?? '')
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
