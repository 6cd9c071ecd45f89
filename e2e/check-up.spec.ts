import {
  button,
  expect,
  expectRefused,
  field,
  heading,
  link,
  notice,
  signIn,
  signOut,
  test,
  typeCode,
  verify,
} from './support.ts'

test('the dashboard leads to the check-up, which says what needs a look', { tag: '@phone' }, async ({
  page,
  signedUp: _,
}) => {
  await page.goto('/')
  await expect(page.getByText('Check-up: one thing to look at.')).toBeVisible()
  await link(page, 'Open Check-up').click()
  await expect(heading(page, 'Check-up')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Off: your password alone opens this account.')
  await expect(link(page, 'Check-up')).toHaveAttribute('aria-current', 'page')
  await expect(field(page, 'Code')).toBeHidden()
})

test('a tested code works, stays good for the next sign-in, and is then a used one', { tag: '@phone' }, async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  await page.goto('/settings/check-up')
  await expect(page.getByText('Look at this')).toBeHidden()
  const code = await authenticator.nextCode()
  await typeCode(page, code)
  await button(page, 'Test').click()
  await expect(heading(page, 'Test a Code')).toBeVisible()
  await expect(notice(page, 'That code works.')).toBeVisible()
  await signOut(page)
  await signIn(page, withTwoFactor)
  await verify(page, code)
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await page.goto('/settings/check-up/code')
  await typeCode(page, code)
  await button(page, 'Test').click()
  await expect(notice(page, 'That code has been used.')).toBeVisible()
  await link(page.getByRole('main'), 'Check-up').click()
  await expect(heading(page, 'Check-up')).toBeVisible()
})

test('a wrong code is refused beside its field, and a recovery code stays unused', async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  await page.goto('/settings/check-up')
  await typeCode(page, authenticator.wrongCode())
  await button(page, 'Test').click()
  await expectRefused(field(page, 'Code'), /That code is not right\./)
  await field(page, 'Code').fill(withTwoFactor.recoveryCodes[0] ?? '')
  await button(page, 'Test').click()
  await expect(notice(page, 'That code works.')).toContainText('stays unused')
  await page.goto('/settings/check-up')
  await expect(page.getByRole('main')).toContainText('12 of 12 left')
})
