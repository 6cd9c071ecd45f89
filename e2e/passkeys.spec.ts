import type { Page } from 'playwright/test'
import { addPasskey, openPasskeyAddition } from './passkeys.ts'
import {
  button,
  confirmWithPassword,
  expect,
  expectOutside,
  field,
  finishSetUp,
  heading,
  link,
  notice,
  openCodePage,
  test,
  verify,
} from './support.ts'
import { LAPTOP, OLD_KEY, PASSWORD_MANAGER, SECURITY_KEY, VirtualAuthenticator } from './virtual-authenticator.ts'

const LIST = '/settings/two-factor/authenticators'

const row = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) })

test('a passkey is set up instead of an app, and from then on signs in alone', { tag: '@phone' }, async ({
  page,
  signedUp,
}) => {
  const device = await VirtualAuthenticator.of(page, PASSWORD_MANAGER)
  await page.goto('/settings/account')
  await confirmWithPassword(page, 'Set Up Two-Factor Authentication', signedUp)
  await button(page, 'Use a passkey instead').click()
  await expect(heading(page, 'Step 1 of 2: Register a Passkey')).toBeVisible()
  await button(page, 'Register passkey').click()
  await expect(heading(page, 'Step 2 of 2: Save Recovery Codes')).toBeVisible()
  await finishSetUp(page)
  await expect(notice(page, 'Two-factor authentication is on.')).toBeVisible()
  expect(await device.credentials()).toHaveLength(1)

  await page.goto(LIST)
  await expect(row(page, 'Passkey')).toContainText('Synced by your password manager')
  await expect(row(page, 'Passkey')).toContainText('not used yet')

  await device.touched(false)
  await button(page, 'Sign out').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await device.touched(true)
  await button(page, 'Use a passkey').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await page.goto('/settings/sessions')
  await expect(page.getByRole('main')).toContainText('Passkey')
})

test('the browser offers the passkey where the name is typed', async ({ page, withTwoFactor }) => {
  await VirtualAuthenticator.of(page, PASSWORD_MANAGER)
  await addPasskey(page, withTwoFactor)
  await page.context().clearCookies()
  await page.goto('/sign-in?return_to=/settings/activity')
  await expect(heading(page, 'Activity')).toBeVisible() // what is offered, the virtual one takes at once
})

test('after the password a passkey is asked for first, and a code is the other way', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  await expect(row(page, 'Passkey 2')).toContainText('On one device')

  await openCodePage(page, withTwoFactor)
  await button(page, 'Use a passkey').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await expect(page.getByRole('heading', { name: 'Use another way' })).toBeVisible()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

for (const [name, device] of Object.entries({ 'a security key': SECURITY_KEY, 'a key from before passkeys': OLD_KEY }))
  test(`${name} is a second factor after the password`, async ({ page, withTwoFactor }) => {
    await VirtualAuthenticator.of(page, device)
    await addPasskey(page, withTwoFactor)
    await openCodePage(page, withTwoFactor)
    await button(page, 'Use a passkey').click()
    await expect(heading(page, 'Dashboard')).toBeVisible()
  })

test('a device that does not know its owner signs nobody in alone (K02)', async ({ page, withTwoFactor }) => {
  const device = await VirtualAuthenticator.of(page, PASSWORD_MANAGER)
  await addPasskey(page, withTwoFactor)
  await device.verifyUser(false)
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await button(page, 'Use a passkey').click()
  await expect(page.getByText('Your browser gave no passkey.')).toBeVisible()
  await device.verifyUser(true)
  await device.answer({ isBadUV: true })
  await page.reload()
  await expect(page.getByRole('alert')).toContainText('That passkey is not known here, or was refused.')
  await expectOutside(page.request)
})

test('a bogus signature is refused, and the right one still opens (K03)', async ({ page, withTwoFactor }) => {
  const device = await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  await openCodePage(page, withTwoFactor)
  await device.answer({ isBogusSignature: true })
  await button(page, 'Use a passkey').click()
  await expect(page.getByRole('alert')).toContainText("That passkey wasn't accepted.")
  await expectOutside(page.request)
  await device.answer({ isBogusSignature: false })
  await button(page, 'Use a passkey').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a copy of a passkey opens the account, and its owner hears of it (K12)', async ({
  page,
  withTwoFactor,
  mailTo,
}) => {
  const original = await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  const [copied] = await original.credentials()
  await openCodePage(page, withTwoFactor)
  await button(page, 'Use a passkey').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await original.unplug()
  const copy = await VirtualAuthenticator.of(page, LAPTOP)
  if (copied) await copy.add({ ...copied, signCount: 0 })
  await openCodePage(page, withTwoFactor)
  await button(page, 'Use a passkey').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await mailTo(withTwoFactor.email, /passkey of yours may have been copied/)
})

test('who gives no passkey reads so, and every other way is still there', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  const device = await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  await device.verifyUser(false) // a wrong finger
  await openCodePage(page, withTwoFactor)
  await button(page, 'Use a passkey').click()
  await expect(page.getByRole('alert')).toHaveText('Your browser gave no passkey. Try again, or use another way.')
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a device that has a passkey of the account gets no second one', async ({ page, withTwoFactor }) => {
  await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  await openPasskeyAddition(page, withTwoFactor)
  await field(page, 'Name').fill('Again')
  await button(page, 'Add passkey').click()
  await expect(page.getByRole('alert')).toContainText('There is a passkey for this account already')
  await button(page, 'Cancel').click()
  await expect(row(page, 'Passkey 2')).toBeVisible()
})

test('a passkey that was removed opens nothing, and its device may forget it', async ({ page, withTwoFactor }) => {
  const device = await VirtualAuthenticator.of(page, LAPTOP)
  await addPasskey(page, withTwoFactor)
  const [credential] = await device.credentials()
  await link(row(page, 'Passkey 2'), 'Remove').click()
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page.getByRole('main'), 'Remove').click()
  await expect(notice(page, 'The authenticator has been removed.')).toBeVisible()
  await expect.poll(async () => (await device.credentials()).length).toBe(0)
  if (credential) await device.add(credential)
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await expect(page.getByRole('alert')).toContainText('That passkey is not known here, or was refused.')
  await expect.poll(async () => (await device.credentials()).length).toBe(0)
})
