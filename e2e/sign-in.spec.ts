import {
  button,
  expect,
  expectInside,
  expectRefused,
  field,
  giveCredentials,
  heading,
  link,
  newPassword,
  post,
  signIn,
  signInByRequest,
  signOut,
  test,
} from './support.ts'

const WRONG = "That email and password don't belong together."

test('email and password open the dashboard; Sign out closes it, and only in this browser', async ({
  page,
  signedUp,
  anotherClient,
}) => {
  const other = await anotherClient()
  await signInByRequest(other, signedUp)
  await page.context().clearCookies()
  await signIn(page, signedUp)
  await expect(heading(page, 'Dashboard')).toBeVisible()

  await signOut(page)
  await page.goto('/')
  await expect(heading(page, 'Sign in')).toBeVisible()
  await expectInside(other)
})

test('a wrong password is refused; the address stays and the password does not', async ({ page, signedUp }) => {
  await page.context().clearCookies()
  await signIn(page, { ...signedUp, password: newPassword() })

  await expectRefused(field(page, 'Password'), WRONG)
  await expect(field(page, 'Email')).toHaveValue(signedUp.email)
  await expect(field(page, 'Password')).toHaveValue('')
})

test('letter case and blanks around the address make no difference', async ({ page, signedUp }) => {
  await page.context().clearCookies()
  await signIn(page, { ...signedUp, email: ` ${signedUp.email.toUpperCase()} ` })
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a page that was asked for is where signing in leads', async ({ page, signedUp }) => {
  await page.context().clearCookies()
  await page.goto('/settings/activity')
  await giveCredentials(page, { ...signedUp, password: newPassword() })
  await expect(page.getByRole('alert')).toContainText(WRONG)
  await giveCredentials(page, signedUp)
  await expect(heading(page, 'Activity')).toBeVisible()
})

test('who guesses passwords waits, and is told how long', async ({ page, signedUp }) => {
  await page.context().clearCookies()
  let guesses = 0
  for (let status = 0; status !== 429 && guesses < 20; guesses++) {
    const answer = await post(page.request, '/sign-in', { email: signedUp.email, password: newPassword() })
    status = answer.status()
  }
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await signIn(page, signedUp)
  const answer = await answered
  expect(answer.status()).toBe(429)
  expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(0)
  await expect(page.getByRole('alert')).toContainText(/Try again in \d+ (second|minute)s?\./)
})

test('Back after sign-out shows nothing of the account (A32)', async ({ page, signedUp }) => {
  await page.goto('/')
  await expect(page.getByText(signedUp.email)).toBeVisible()
  await signOut(page)
  await page.goBack()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await expect(page.getByText(signedUp.email)).toBeHidden()
})

test('the way from sign-in to sign-up and back is a link', async ({ page }) => {
  await page.goto('/sign-in')
  await expect(field(page, 'Email')).toHaveAttribute('autocomplete', 'username webauthn')
  await expect(field(page, 'Password')).toHaveAttribute('autocomplete', 'current-password')
  await link(page, 'Create your account').click()
  await expect(heading(page, 'Create your account')).toBeVisible()
  await link(page, 'Sign in').click()
  await expect(button(page, 'Sign in')).toBeVisible()
})
