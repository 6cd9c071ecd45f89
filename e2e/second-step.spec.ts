import {
  button,
  expect,
  expectOutside,
  expectRefused,
  field,
  giveCredentials,
  heading,
  openCodePage,
  post,
  STRANGE_RECOVERY_CODE,
  test,
  verify,
} from './support.ts'

test.beforeEach(async ({ page, withTwoFactor }) => {
  await openCodePage(page, withTwoFactor)
})

test('the code opens the dashboard, with spaces and dashes forgiven', { tag: '@phone' }, async ({
  page,
  authenticator,
  withTwoFactor,
}) => {
  await expect(field(page, 'Code')).toBeFocused()
  await expect(field(page, 'Code')).toHaveAttribute('autocomplete', 'one-time-code')
  await expect(field(page, 'Code')).not.toHaveAttribute('inputmode', 'numeric')
  const code = await authenticator.nextCode()
  await verify(page, ` ${code.slice(0, 3)} ${code.slice(3)} `)
  await expect(heading(page, 'Dashboard')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  const next = await authenticator.nextCode()
  await verify(page, `${next.slice(0, 3)}-${next.slice(3)}`)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a code used at sign-in is refused at the next sign-in, and so is every older one (A03, A04)', async ({
  page,
  authenticator,
  withTwoFactor,
}) => {
  const older = await authenticator.nextCode()
  const newer = await authenticator.nextCode()
  await verify(page, newer)
  await expect(heading(page, 'Dashboard')).toBeVisible()

  await openCodePage(page, withTwoFactor)
  for (const code of [newer, older]) {
    await verify(page, code)
    await expectRefused(
      field(page, 'Code'),
      /That code has already been used\. The next one comes in (\d+ seconds?|\d minutes?)\./,
    )
    await expect(field(page, 'Code')).toHaveValue('')
  }
})

test('a refused code says which kind of wrong it was, and the right one still opens', async ({
  page,
  authenticator,
}) => {
  for (const [code, message] of [
    [authenticator.wrongCode(), 'That code is not right.'],
    [STRANGE_RECOVERY_CODE, 'That looks like a recovery code, but it is not one of yours or has been used.'],
    ['12345', 'Enter the six digits your authenticator shows, or one of your recovery codes.'],
  ] as const) {
    await verify(page, code)
    await expectRefused(field(page, 'Code'), message)
    await expect(field(page, 'Code')).toHaveValue('')
  }
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('after five wrong codes the password is asked for again, and even the right code waits', async ({
  page,
  authenticator,
  withTwoFactor,
}) => {
  for (let guess = 0; guess < 4; guess++) {
    await post(page.request, '/sign-in/two-factor', { code: authenticator.wrongCode() })
  }
  await verify(page, authenticator.wrongCode())
  await expect(heading(page, 'Sign in')).toBeVisible()

  await giveCredentials(page, withTwoFactor)
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await verify(page, await authenticator.nextCode())
  const answer = await answered
  expect(answer.status()).toBe(429)
  expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(20)
  await expectRefused(field(page, 'Code'), /Too many wrong codes\. Try again in \d+ seconds\./)
})

test('Cancel leads back to the password, and the code alone no longer helps', async ({ page, authenticator }) => {
  await button(page, 'Cancel').click()
  await expect(heading(page, 'Sign in')).toBeVisible()
  await post(page.request, '/sign-in/two-factor', { code: await authenticator.nextCode() })
  await expectOutside(page.request)
})

test('the page that was asked for is where the code leads, after a wrong one as well', async ({
  page,
  withTwoFactor,
  authenticator,
}) => {
  await page.context().clearCookies()
  await page.goto('/settings/activity')
  await giveCredentials(page, withTwoFactor)
  await verify(page, authenticator.wrongCode())
  await expect(page.getByRole('alert')).toBeVisible()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Activity')).toBeVisible()
})

test('"Lost your device?" says what to do', async ({ page }) => {
  const way = page.getByText('choose Move to a New Phone')
  await expect(way).toBeHidden()
  await page.getByText('Lost your device?').click()
  await expect(way).toBeVisible()
})
