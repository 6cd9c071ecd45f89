import {
  button,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  field,
  heading,
  newPassword,
  notice,
  openTokens,
  signIn,
  signInByRequest,
  submit,
  test,
} from './support.ts'

test('a token that a stranger made: one button in the mail, and the account is its owner’s again', async ({
  page,
  signedUp,
  anotherClient,
  mailTo,
}) => {
  const stranger = await anotherClient()
  await signInByRequest(stranger, signedUp)
  const expires_at = new Date(Date.now() + 5 * 24 * 60 * 60_000).toISOString().slice(0, 10)
  const { email, password } = signedUp
  await submit(stranger, '/settings/tokens/generate/confirm', {
    description: 'Mine now',
    expires_at,
    'scope-account-read': 'yes',
    password,
  })

  const told = await mailTo(email, /^An access token was generated/)
  expect(told.text).toContain(email)
  await page.goto(told.link)
  await expect(heading(page, 'This was not me')).toBeVisible()
  expect(page.url()).not.toContain('token=')
  await expect(page.getByRole('listitem')).toContainText(['Remove that access token'])
  await expectInside(stranger)

  await button(page, 'Secure my account').click()
  await expect(heading(page, 'Your account is secured')).toBeVisible()
  await expect(notice(page, 'The access token is gone.')).toBeVisible()
  await expectOutside(stranger)
  await page.goto(told.link)
  await expect(heading(page, "This link doesn't work")).toBeVisible()

  const chosen = newPassword()
  await page.goto((await mailTo(email, /^Choose a new password/)).link)
  await field(page, 'New password').fill(chosen)
  await page.getByRole('main').getByRole('button').last().click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await signIn(page, { email, password: chosen })
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(page.getByText('Mine now')).toBeHidden()
})

test('frozen access tokens say so, and come back with the password', async ({ page, signedUp, mailTo }) => {
  await openTokens(page, signedUp)
  await page.goto((await mailTo(signedUp.email, /^An access token was generated/)).link)
  await button(page, 'Secure my account').click()
  await expect(heading(page, 'Your account is secured')).toBeVisible()
  await signIn(page, signedUp)
  await expect(heading(page, 'Sign in')).toBeVisible() // the old password is closed
  const password = newPassword()
  await page.goto((await mailTo(signedUp.email, /^Choose a new password/)).link)
  await field(page, 'New password').fill(password)
  await page.getByRole('main').getByRole('button').last().click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await signIn(page, { email: signedUp.email, password })
  await page.goto('/settings/tokens')
  await expect(page.getByText('Your access tokens are frozen.')).toBeVisible()
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Allow my access tokens again').click()
  await expectRefused(field(page, 'Password'), /That is not the password of this account\./)
  await field(page, 'Password').fill(password)
  await button(page, 'Allow my access tokens again').click()
  await expect(notice(page, 'Your access tokens work again.')).toBeVisible()
  await expect(page.getByText('Your access tokens are frozen.')).toBeHidden()
})
