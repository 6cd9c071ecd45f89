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
  notice,
  signIn,
  test,
} from './support.ts'

test('an address is confirmed by the link in the mail, and the link sent again is the one that works', async ({
  page,
  signedUp,
  mailTo,
}) => {
  await page.goto('/settings/account')
  await link(page, 'Email Address').click()
  await expect(heading(page, 'Email Address')).toBeVisible()
  await expect(page.getByText('Not confirmed', { exact: true })).toBeVisible()
  const first = (await mailTo(signedUp.email, /^Confirm your email address/)).link
  await button(page, 'Send the link again').click()
  await expect(notice(page, 'A new link is on its way.')).toBeVisible()
  const second = (await mailTo(signedUp.email, /^Confirm your email address/, first)).link

  await page.goto(first)
  await expect(heading(page, "This link doesn't work")).toBeVisible()
  await page.goto(second)
  expect(new URL(page.url()).search, 'no secret stays in the address').toBe('')
  await expect(heading(page, 'Confirm your email address')).toBeVisible()
  await button(page, 'Confirm').click()
  await expect(notice(page, 'Your email address is confirmed.')).toBeVisible()
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible()
})

test('the address is changed by the link that goes to the new one, and other sessions end', async ({
  page,
  signedUp,
  anotherBrowser,
  mailTo,
}) => {
  const other = await anotherBrowser()
  await signIn(other, signedUp)
  const changed: Account = { ...signedUp, email: newAccount().email }

  await page.goto('/settings/email')
  await link(page, 'Change Email Address').click()
  await field(page, 'New email address').fill(changed.email)
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Send link').click()
  await expectRefused(field(page, 'Password'), 'That is not the password of this account.')
  await expect(field(page, 'New email address')).toHaveValue(changed.email)
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Send link').click()
  await expect(notice(page, 'Follow the link in the email to the new address.')).toBeVisible()
  await expect(heading(page, 'Email Address')).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: signedUp.email })).toBeVisible()

  await page.goto((await mailTo(changed.email, /^Confirm your new email address/)).link)
  await button(page, 'Confirm').click()
  await expect(notice(page, 'Your email address has been changed.')).toBeVisible()
  await expectOutside(other.request)
  await mailTo(signedUp.email, /^Your email address at/)

  await page.context().clearCookies()
  await signIn(page, changed)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
