import {
  disableByRequest,
  enrolByRequest,
  expect,
  expectOutside,
  expectRefused,
  field,
  heading,
  openCodePage,
  post,
  signInByRequest,
  submit,
  test,
  textAt,
  verify,
} from '../support.ts'

test('disabled twice at once is disabled once (A25)', async ({ context, withTwoFactor }) => {
  const { password } = withTwoFactor
  const disable = () => post(context.request, '/settings/two-factor/disable', { password })
  for (const answer of await Promise.all([disable(), disable()])) expect(answer.status()).toBeLessThan(500)
  await context.clearCookies()
  await signInByRequest(context.request, withTwoFactor)
  const told = await textAt(context.request, '/settings/activity')
  expect(told.split('Two-factor authentication turned off')).toHaveLength(2)
})

test('set up again, the old authenticator and the old recovery codes open nothing', async ({ page, withTwoFactor }) => {
  await disableByRequest(page.request, withTwoFactor)
  const anew = await enrolByRequest(page.request, withTwoFactor)
  expect(anew.authenticator.key).not.toBe(withTwoFactor.authenticator.key)
  expect(new Set([...anew.recoveryCodes, ...withTwoFactor.recoveryCodes]).size).toBe(24)

  await openCodePage(page, withTwoFactor)
  await verify(page, await withTwoFactor.authenticator.nextCode())
  await expectRefused(field(page, 'Code'), 'That code is not right.')
  await verify(page, withTwoFactor.recoveryCodes[0] ?? '')
  await expectRefused(field(page, 'Code'), /not one of yours or has been used/)
  await verify(page, await anew.authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('disabling ends other sessions and every pending sign-in (A14)', async ({
  context,
  withTwoFactor,
  authenticator,
  anotherClient,
}) => {
  const inside = await anotherClient()
  await signInByRequest(inside, withTwoFactor, await authenticator.nextCode())
  const pending = await anotherClient()
  const { email, password } = withTwoFactor
  expect(await submit(pending, '/sign-in', { email, password })).toBe('/sign-in/two-factor')

  await disableByRequest(context.request, withTwoFactor)
  await expectOutside(inside)
  await post(pending, '/sign-in/two-factor', { code: await authenticator.nextCode() })
  await expectOutside(pending)
})
