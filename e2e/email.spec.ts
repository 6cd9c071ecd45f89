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
  await link(page, 'E-mail Address').click()
  await expect(heading(page, 'E-mail Address')).toBeVisible()
  await expect(page.getByText('Not confirmed', { exact: true })).toBeVisible()
  const first = (await mailTo(signedUp.email, /^Confirm your e-mail address/)).link
  await button(page, 'Send the link again').click()
  await expect(notice(page, 'A new link is on its way.')).toBeVisible()
  let second = ''
  await expect(async () => {
    second = (await mailTo(signedUp.email, /^Confirm your e-mail address/)).link
    expect(second).not.toBe(first)
  }).toPass()

  await page.goto(first)
  await expect(heading(page, 'This link does not work')).toBeVisible()
  await page.goto(second)
  expect(new URL(page.url()).search, 'no secret stays in the address').toBe('')
  await expect(heading(page, 'Confirm your e-mail address')).toBeVisible()
  await button(page, 'Confirm').click()
  await expect(notice(page, 'Your e-mail address is confirmed.')).toBeVisible()
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
  await link(page, 'Change E-mail Address').click()
  await field(page, 'New e-mail address').fill(changed.email)
  await field(page, 'Password').fill('not that one at all')
  await button(page, 'Send link').click()
  await expectRefused(field(page, 'Password'), 'That is not the password of this account.')
  await expect(field(page, 'New e-mail address')).toHaveValue(changed.email)
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Send link').click()
  await expect(notice(page, 'Follow the link in the mail to the new address.')).toBeVisible()
  await expect(heading(page, 'E-mail Address')).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: signedUp.email })).toBeVisible()

  await page.goto((await mailTo(changed.email, /^Confirm your new e-mail address/)).link)
  await button(page, 'Confirm').click()
  await expect(notice(page, 'Your e-mail address has been changed.')).toBeVisible()
  await expectOutside(other.request)
  await mailTo(signedUp.email, /^Your e-mail address at/)

  await page.context().clearCookies()
  await signIn(page, changed)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
