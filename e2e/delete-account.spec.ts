import {
  button,
  expect,
  expectInside,
  expectOutside,
  expectRefused,
  field,
  heading,
  link,
  newAccount,
  notice,
  openCodePage,
  signIn,
  signInByRequest,
  signUpByRequest,
  test,
  verify,
} from './support.ts'

test('an account that its owner deletes is closed at once, and a complete sign-in keeps it', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
}) => {
  await page.goto('/settings/account')
  await link(page, 'Delete Account').click()
  await expect(heading(page, 'Delete Account')).toBeVisible()
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Delete Account').click()
  await expectRefused(field(page, 'Password'), /That is not the password of this account\.$/)
  await field(page, 'Password').fill(withTwoFactor.password)
  await button(page, 'Delete Account').click()
  await expect(notice(page, 'Your account will be deleted in 7 days.')).toBeVisible()
  await page.goto('/settings/account')
  await expect(heading(page, 'Sign in')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  await verify(page, await withTwoFactor.authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(notice(page, 'Your account stays.')).toBeVisible()
})

test('the link in the mail keeps the account, once', async ({ page, signedUp, anotherClient, mailTo }) => {
  const other = await anotherClient()
  await signInByRequest(other, signedUp)
  await expectInside(other)
  await page.goto('/settings/account/delete')
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Delete Account').click()
  await expect(notice(page, 'Your account will be deleted in 7 days.')).toBeVisible()
  await expectOutside(other)

  const told = await mailTo(signedUp.email, /will be deleted$/)
  await page.goto(told.link)
  await expect(heading(page, 'Keep your account')).toBeVisible()
  expect(page.url()).not.toContain('token=')
  await button(page, 'Keep My Account').click()
  await expect(notice(page, 'Your account stays.')).toBeVisible()
  await expect(link(notice(page, 'Your account stays.'), 'Choose a new password')).toBeVisible()
  await page.goto(told.link)
  await expect(heading(page, "This link doesn't work")).toBeVisible()
  await signIn(page, signedUp)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await expect(notice(page, 'Your account stays.')).toBeHidden()
})

test('an operator deletes an account after its address is typed, and it is gone', async ({
  page,
  withTwoFactor,
  latchkey,
  anotherClient,
}) => {
  await latchkey('operator', 'add', withTwoFactor.email)
  const member = newAccount()
  const theirs = await anotherClient()
  await signUpByRequest(theirs, member)
  await page.goto(`/operate/accounts?search=${encodeURIComponent(member.email)}`)
  await link(page, member.email).click()
  await link(page, 'Delete Account').click()
  await field(page, 'Reason').fill('It sends advertisements')
  await field(page, 'The email of the account, to be sure').fill(withTwoFactor.email)
  await button(page, 'Delete Account').click()
  await expectRefused(field(page, 'The email of the account, to be sure'), /That is not the account's email\.$/)
  await field(page, 'The email of the account, to be sure').fill(member.email)
  await button(page, 'Delete Account').click()
  await expect(notice(page, 'The account is deleted.')).toBeVisible()
  await page.goto(`/operate/accounts?search=${encodeURIComponent(member.email)}`)
  await expect(link(page, member.email)).toHaveCount(0)
  await expectOutside(theirs)
})
