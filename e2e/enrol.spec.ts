import {
  Authenticator,
  button,
  confirmWithPassword,
  expect,
  expectRefused,
  fact,
  field,
  finishSetUp,
  goOnToStepTwo,
  heading,
  link,
  notice,
  openStepOne,
  openStepTwo,
  qrCode,
  RECOVERY_CODE,
  readQrCode,
  shownRecoveryCodes,
  signIn,
  signOut,
  submit,
  test,
  typeCode,
  typedKey,
  verify,
} from './support.ts'

const ON = 'Two-factor authentication is on. Your other sessions have been signed out.'

test('the second factor is set up with an authenticator, and from then on signing in takes its code', {
  tag: '@phone',
}, async ({ page, signedUp }) => {
  await confirmWithPassword(page, 'Set Up Two-Factor Authentication', signedUp)
  await expect(heading(page, 'Step 1 of 2: Register Authentication App')).toBeVisible()
  const authenticator = new Authenticator(await typedKey(page))
  await goOnToStepTwo(page, await authenticator.nextCode())
  const codes = await shownRecoveryCodes(page)
  expect(new Set(codes).size).toBe(12)
  await finishSetUp(page)
  await expect(notice(page, ON)).toBeVisible()

  await signOut(page)
  await signIn(page, signedUp)
  await expect(heading(page, 'Two-Factor Authentication')).toBeVisible()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a phone reads the QR code off the page, light or dark, and finds the key that is shown for typing', {
  tag: ['@phone', '@looks'],
}, async ({ page, signedUp }) => {
  await openStepOne(page, signedUp)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const uri = new URL(await readQrCode(qrCode(page)))
    expect(`${uri.protocol}//${uri.host}`).toBe('otpauth://totp')
    expect(uri.searchParams.get('secret')).toBe(await typedKey(page))
    expect(uri.searchParams.get('issuer')).toBe('Latchkey')
    expect(decodeURIComponent(uri.pathname)).toBe(`/Latchkey:${signedUp.email}`)
    // Present or not, authenticator apps assume these.
    expect(uri.searchParams.get('algorithm') ?? 'SHA1').toBe('SHA1')
    expect(uri.searchParams.get('digits') ?? '6').toBe('6')
    expect(uri.searchParams.get('period') ?? '30').toBe('30')
    await expect(link(page, 'Open in an authenticator app')).toHaveAttribute('href', uri.href)
  }
  await expect(fact(page, 'Account')).toContainText(signedUp.email)
  await expect(fact(page, 'Time based')).toHaveText('Yes')
  await expect(field(page, 'Code')).toHaveAttribute('autocomplete', 'one-time-code')
  await expect(field(page, 'Code')).toHaveAttribute('inputmode', 'numeric')
})

test('the key is 160 random bits, new at every set-up', async ({ page, signedUp }) => {
  const { key } = await openStepOne(page, signedUp)
  expect(key).toMatch(/^[A-Z2-7]{32}$/)
  await button(page, 'Cancel').click()
  await expect(heading(page, 'Account')).toBeVisible()
  expect((await openStepOne(page, signedUp)).key).not.toBe(key)
})

test('a reload at either step shows the same key and the same codes', async ({ page, signedUp }) => {
  const authenticator = await openStepOne(page, signedUp)
  await page.reload()
  expect(await typedKey(page)).toBe(authenticator.key)

  await goOnToStepTwo(page, await authenticator.nextCode())
  const codes = await shownRecoveryCodes(page)
  await page.reload()
  expect(await shownRecoveryCodes(page)).toEqual(codes)
  for (const code of codes) expect(code).toMatch(RECOVERY_CODE)
})

test('a wrong code says which kind of wrong it was, for past codes only, and keeps the QR code', async ({
  page,
  signedUp,
}) => {
  const authenticator = await openStepOne(page, signedUp)
  for (const [code, message] of [
    [authenticator.wrongCode(), /That code is not right\./],
    [authenticator.codeFromNow(-3), /That code is from .*; check the clock on your phone\./],
    [authenticator.codeFromNow(4), /That code is not right\./],
    ['12345', /\w/],
  ] as const) {
    await typeCode(page, code)
    await button(page, 'Next').click()
    await expect(field(page, 'Code')).toHaveValue('')
    await expectRefused(field(page, 'Code'), message)
  }
  expect(await typedKey(page)).toBe(authenticator.key)
  expect(await readQrCode(qrCode(page))).toContain(authenticator.key)
  await goOnToStepTwo(page, await authenticator.nextCode())
})

test('Done without the tick is refused, and nothing is on yet (A08)', async ({ page, signedUp }) => {
  await openStepTwo(page, signedUp)
  const codes = await shownRecoveryCodes(page)
  await button(page, 'Done').click()

  await expectRefused(field(page, "I've saved the data"), 'Save the recovery codes first, then tick this.')
  expect(await shownRecoveryCodes(page)).toEqual(codes)
  await page.goto('/')
  await expect(fact(page, 'Second factor')).toHaveText('Off')
})

test('a download counts as the tick, with the script and without', async ({ page, signedUp }) => {
  await openStepTwo(page, signedUp)
  const downloading = page.waitForEvent('download')
  await button(page, 'Download').click()
  await (await downloading).path()
  await button(page, 'Done').click()
  await expect(notice(page, ON)).toBeVisible()
})

for (const step of [1, 2]) {
  test(`a set-up left at step ${step} leaves no trace, cancelled or just closed`, async ({
    page,
    context,
    signedUp,
  }) => {
    const open = step === 1 ? openStepOne : openStepTwo
    await open(page, signedUp)
    await button(page, 'Cancel').click()
    await expect(heading(page, 'Account')).toBeVisible()
    await open(page, signedUp)
    await page.close()

    const later = await context.newPage()
    await later.goto('/settings/activity')
    await expect(later.getByRole('main')).not.toContainText('Two-factor authentication turned on')
    await context.clearCookies()
    expect(await submit(context.request, '/sign-in', signedUp)).toBe('/')
  })
}

test('Done double-clicked enrols once (A26)', async ({ page, signedUp }) => {
  const authenticator = await openStepTwo(page, signedUp)
  await field(page, "I've saved the data").check()
  await button(page, 'Done').dblclick()
  // Without the script, if the second click is faster, a browser drops the first answer and the session's new cookie with it.
  await expect(heading(page, 'Account').or(heading(page, 'Sign in'))).toBeVisible()
  if (await heading(page, 'Account').isVisible()) await signOut(page)
  await signIn(page, signedUp)
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
  await page.goto('/settings/activity')
  await expect(page.getByText('Two-factor authentication turned on')).toHaveCount(1)
})

test('the set-up begins with the password, whichever step is asked for', async ({ page, signedUp }) => {
  await page.goto('/settings/two-factor/set-up/recovery-codes')
  await expect(heading(page, 'Set Up Two-Factor Authentication')).toBeVisible()
  await page.goto('/settings/two-factor/set-up')
  await expect(heading(page, 'Set Up Two-Factor Authentication')).toBeVisible()
  await field(page, 'Password').fill(signedUp.password)
  await button(page, 'Continue').click()
  await expect(qrCode(page)).toBeVisible()
})

test('what is on is not set up a second time', async ({ page, withTwoFactor }) => {
  await page.goto('/settings/account')
  await expect(button(page, 'Set Up Two-Factor Authentication')).toBeHidden()
  for (const path of ['/confirm', '', '/recovery-codes']) {
    await page.goto(`/settings/two-factor/set-up${path}`)
    await expect(heading(page, 'Account'), withTwoFactor.email).toBeVisible()
  }
})
