import type { Page } from 'playwright/test'
import {
  type Account,
  button,
  expect,
  expectOutside,
  expectRefused,
  field,
  heading,
  link,
  newAccount,
  newPassword,
  notice,
  signIn,
  test,
  verify,
} from './support.ts'

/** From "Forgot your password?" to "Check your email". */
async function ask(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await link(page, 'Forgot your password?').click()
  await expect(heading(page, 'Reset your password')).toBeVisible()
  await field(page, 'Email').fill(email)
  await button(page, 'Send link').click()
  await expect(heading(page, 'Check your email')).toBeVisible()
}

async function choose(page: Page, url: string, password: string): Promise<void> {
  await page.goto(url)
  await expect(heading(page, 'Choose a new password')).toBeVisible()
  await field(page, 'New password').fill(password)
  await button(page, 'Save password').click()
}

test('the link in the mail leads to a new password, which signs nobody in by itself', async ({
  page,
  signedUp,
  anotherBrowser,
  mailTo,
}) => {
  const person = await anotherBrowser()
  await ask(person, signedUp.email)
  const url = (await mailTo(signedUp.email, /^Reset your/)).link
  const changed: Account = { ...signedUp, password: newPassword() }
  await choose(person, url, changed.password)

  await expect(heading(person, 'Sign in')).toBeVisible()
  await expect(notice(person, 'Your new password is set.')).toBeVisible()
  await expectOutside(page.request)
  await signIn(person, changed)
  await expect(heading(person, 'Dashboard')).toBeVisible()

  await person.goto(url)
  await expect(heading(person, "This link doesn't work")).toBeVisible()
  expect(new URL(person.url()).search).toBe('')
})

test('on an account with a second factor the new password is followed by the code', async ({
  page,
  withTwoFactor,
  authenticator,
  mailTo,
}) => {
  await page.context().clearCookies()
  await ask(page, withTwoFactor.email)
  const changed: Account = { ...withTwoFactor, password: newPassword() }
  await choose(page, (await mailTo(withTwoFactor.email, /^Reset your/)).link, changed.password)
  await signIn(page, changed)
  await expect(heading(page, 'Two-Factor Authentication')).toBeVisible()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a weak password is refused with the reason, and the link stays good', async ({ page, signedUp, mailTo }) => {
  await page.context().clearCookies()
  await ask(page, signedUp.email)
  await choose(page, (await mailTo(signedUp.email, /^Reset your/)).link, 'short')
  await expectRefused(field(page, 'New password'), /at least 15 characters/)
  await expect(field(page, 'New password')).toHaveValue('')
  await field(page, 'New password').fill(newPassword())
  await button(page, 'Save password').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('an address without an account is answered in the same words', async ({ page, signedUp }) => {
  const said: (string | null)[] = []
  for (const { email } of [signedUp, newAccount()]) {
    await page.context().clearCookies()
    await ask(page, email)
    said.push(await page.getByRole('main').textContent())
  }
  expect(said[1]).toBe(said[0])
})
