import { randomUUID } from 'node:crypto'
import {
  button,
  expect,
  expectRefused,
  field,
  heading,
  newAccount,
  newPassword,
  signIn,
  signOut,
  test,
} from './support.ts'

test.beforeEach(async ({ page }) => {
  await page.goto('/sign-up')
})

test('an address and a password make an account, and lead to its dashboard', async ({ page }) => {
  const account = newAccount()
  await expect(field(page, 'Email')).toHaveAttribute('autocomplete', 'username')
  await expect(field(page, 'Password')).toHaveAttribute('autocomplete', 'new-password')
  await field(page, 'Email').fill(account.email)
  await field(page, 'Password').fill(account.password)
  await button(page, 'Create account').click()

  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(page.getByText(account.email)).toBeVisible()
  await signOut(page)
  await signIn(page, account)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('passwords that are too short, common or made of the address are refused with the reason, and the address stays', async ({
  page,
}) => {
  const { email } = newAccount()
  await field(page, 'Email').fill(email)
  const reasons = new Set<string>()
  for (const password of [randomUUID().slice(0, 14), 'passwordpassword', email]) {
    await field(page, 'Password').fill(password)
    await button(page, 'Create account').click()
    await expect(field(page, 'Password')).toHaveValue('')
    await expectRefused(field(page, 'Password'), /\w/)
    await expect(field(page, 'Email')).toHaveValue(email)
    reasons.add((await page.getByRole('alert').textContent()) ?? '')
  }
  expect(reasons.size).toBe(3)
})

test('a password just long enough is taken, whatever it is made of', async ({ page }) => {
  await field(page, 'Email').fill(newAccount().email)
  await field(page, 'Password').fill('жираф 🦒 på taket')
  await button(page, 'Create account').click()
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('what is no address is refused beside its field', async ({ page }) => {
  await field(page, 'Email').fill('ada at example')
  await field(page, 'Password').fill(newPassword())
  await button(page, 'Create account').click()
  await expectRefused(field(page, 'Email'), /\w/)
  await expect(field(page, 'Email')).toHaveValue('ada at example')
})
