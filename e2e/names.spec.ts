import { randomUUID } from 'node:crypto'
import {
  button,
  expect,
  expectInside,
  expectRefused,
  field,
  giveCredentials,
  heading,
  link,
  notice,
  signUpByRequest,
  test,
} from './support.ts'

const newUsername = () => `ada-${randomUUID().slice(0, 13)}`

test('the name and the username are changed under Account, and the new username signs in', async ({
  page,
  signedUp,
}) => {
  await page.goto('/settings/account')
  await link(page, 'Change Name').click()
  await field(page, 'Name').fill('Ada Lovelace')
  await button(page, 'Save name').click()
  await expect(notice(page, 'Your name has been saved.')).toBeVisible()
  await expect(page.getByText('Ada Lovelace', { exact: true })).toBeVisible()

  const username = newUsername()
  await link(page, 'Change Username').click()
  await field(page, 'New username').fill(username)
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Change Username').click()
  await expect(notice(page, 'Your username has been changed.')).toBeVisible()
  await expect(page.getByText(username, { exact: true })).toBeVisible()

  await page.context().clearCookies()
  await page.goto('/sign-in')
  const email = field(page, 'Email')
  await expect(email).toHaveAttribute('type', 'text')
  await expect(email).toHaveAttribute('autocomplete', 'username webauthn')
  await expect(email).toHaveAccessibleDescription('Or your username.')
  await giveCredentials(page, { email: username, password: signedUp.password })
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expectInside(page.request)
})

test("somebody else's username is refused beside its field, in any spelling that looks like it", async ({
  page,
  signedUp,
  anotherClient,
}) => {
  const other = { email: `${newUsername()}@example.com`, password: signedUp.password }
  await signUpByRequest(await anotherClient(), other)
  const theirs = other.email.split('@')[0] ?? ''
  await page.goto('/settings/username')
  for (const username of [theirs, theirs.replaceAll('-', '.')]) {
    await field(page, 'New username').fill(username)
    await field(page, 'Password').fill(signedUp.password)
    await button(page, 'Change Username').click()
    await expectRefused(field(page, 'New username'), /That username is taken/)
    await expect(field(page, 'New username')).toHaveValue(username)
  }
  await link(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
})
