import type { Page } from 'playwright/test'
import {
  Authenticator,
  button,
  confirmWithPassword,
  expect,
  expectOutside,
  expectRefused,
  field,
  heading,
  link,
  notice,
  openAuthenticators,
  openCodePage,
  qrCode,
  readQrCode,
  signInByRequest,
  test,
  typeCode,
  typedKey,
  verify,
} from './support.ts'

const LIST = '/settings/two-factor/authenticators'

/** What the list says about the authenticator with that name. */
const row = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) })

test('a second authenticator is added with a name, and opens the account beside the first', async ({
  page,
  withTwoFactor,
  authenticator,
  anotherClient,
}) => {
  const other = await anotherClient()
  await signInByRequest(other, withTwoFactor, await authenticator.nextCode())
  await page.goto('/settings/account')
  await link(page, 'Authenticators').click()
  await expect(row(page, 'Authenticator')).not.toContainText('not used yet')
  await confirmWithPassword(page, 'Add Authenticator', withTwoFactor)

  await expect(heading(page, 'Register Authentication App')).toBeVisible()
  await expect(field(page, 'Name')).toHaveValue('Authenticator 2')
  const second = new Authenticator(await typedKey(page))
  expect(await readQrCode(qrCode(page))).toContain(`secret=${second.key}`)
  await field(page, 'Name').fill('Phone in the drawer')
  await typeCode(page, second.wrongCode())
  await button(page, 'Add Authenticator').click()
  await expectRefused(field(page, 'Code'), /That code is not right\./)
  await expect(field(page, 'Name')).toHaveValue('Phone in the drawer')
  expect(await typedKey(page)).toBe(second.key)
  const code = await second.nextCode()
  await typeCode(page, code)
  await button(page, 'Add Authenticator').click()
  await expect(notice(page, 'The authenticator has been added.')).toBeVisible()
  await expect(row(page, 'Phone in the drawer')).toContainText('not used yet')
  await expectOutside(other)

  await openCodePage(page, withTwoFactor)
  await verify(page, code)
  await expectRefused(field(page, 'Code'), /That code has already been used\./)
  await verify(page, await second.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await signInByRequest(await anotherClient(), withTwoFactor, await authenticator.nextCode())
  await page.goto(LIST)
  await expect(row(page, 'Phone in the drawer')).not.toContainText('not used yet')
})

test('authenticators are renamed, and removed one by one down to the last, which leads to Disable', async ({
  page,
  withTwoFactor,
}) => {
  const spare = await openAuthenticators(page, withTwoFactor)
  await link(row(page, 'Spare phone'), 'Rename').click()
  await field(page, 'Name').fill('')
  await button(page, 'Save').click()
  await expectRefused(field(page, 'Name'), /Give it a name\./)
  await field(page, 'Name').fill('Tablet')
  await button(page, 'Save').click()
  await expect(notice(page, 'The authenticator has its new name.')).toBeVisible()

  await link(row(page, 'Tablet'), 'Remove').click()
  await expect(page.getByRole('main')).toContainText('Codes from Tablet will no longer open your account.')
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Remove').click()
  await expectRefused(field(page, 'Password'), /That is not the password of this account\./)
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page, 'Remove').click()
  await expect(notice(page, 'The authenticator has been removed.')).toBeVisible()
  await expect(row(page, 'Tablet')).toHaveCount(0)

  await link(page, 'Remove').click()
  await expect(page.getByRole('main')).toContainText('Authenticator is your only authenticator.')
  await link(page, 'Disable Two-Factor Authentication').click()
  await expect(heading(page, 'Disable Two-Factor Authentication')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await verify(page, await spare.nextCode())
  await expectRefused(field(page, 'Code'), 'That code is not right.')
})

test('one of two authenticators moves to a new phone, and the other one stays', async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  const old = await openAuthenticators(page, withTwoFactor)
  await link(page, 'Move to a New Phone').click()
  await expect(heading(page, 'Move to a New Phone')).toBeVisible()
  await page.getByText('Lost the old phone?').click()
  await expect(page.getByText('It works the same way')).toBeVisible()
  await page.getByRole('link', { name: 'Move', exact: true, description: 'Spare phone' }).click()
  await expect(page.getByRole('main')).toContainText('This is about Spare phone.')
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page, 'Continue').click()

  await expect(page.getByRole('main')).toContainText('This takes the place of Spare phone.')
  const moved = new Authenticator(await typedKey(page))
  await typeCode(page, await moved.nextCode())
  await button(page, 'Replace Authenticator').click()
  await expect(notice(page, 'Delete its entry on the old phone: it no longer works.')).toBeVisible()
  await expect(link(page, 'Look at your recovery codes, or generate new ones')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await verify(page, await old.nextCode())
  await expectRefused(field(page, 'Code'), 'That code is not right.')
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
