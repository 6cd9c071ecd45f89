import {
  expect,
  expectInside,
  expectOutside,
  heading,
  openCodePage,
  post,
  signInByRequest,
  submit,
  test,
  verify,
} from '../support.ts'

const CODE = '/sign-in/two-factor'

test('a password alone opens nothing (A06)', async ({ page, withTwoFactor }) => {
  await openCodePage(page, withTwoFactor)
  for (const path of ['/', '/settings/account', '/settings/activity', '/settings/two-factor/recovery-codes']) {
    const answer = await page.request.get(path, { maxRedirects: 0 })
    expect(answer.status(), path).toBe(303)
    expect(answer.headers().location, path).toContain('/sign-in')
  }
  await post(page.request, '/settings/two-factor/disable', { password: withTwoFactor.password })
  await page.goto('/settings/account')
  await expect(heading(page, 'Two-Factor Authentication')).toBeVisible()
})

test('two browsers with one code at once: exactly one gets in (A01)', async ({
  page,
  authenticator,
  withTwoFactor,
  anotherBrowser,
}) => {
  const other = await anotherBrowser()
  await openCodePage(page, withTwoFactor)
  await openCodePage(other, withTwoFactor)
  const code = await authenticator.nextCode()
  await Promise.all([verify(page, code), verify(other, code)])
  await expect(heading(page, 'Dashboard').or(page.getByRole('alert'))).toBeVisible()
  await expect(heading(other, 'Dashboard').or(other.getByRole('alert'))).toBeVisible()
  const inside = (await heading(page, 'Dashboard').count()) + (await heading(other, 'Dashboard').count())
  expect(inside).toBe(1)
})

for (const [what, number, used] of [
  ['authenticator code (A01)', 10, 'Signed in with password and authenticator'],
  ['recovery code (A02)', 10, 'Recovery code used'],
] as const) {
  test(`ten sign-ins that send one ${what} at the same moment open one session`, async ({
    authenticator,
    withTwoFactor,
    page,
    anotherClient,
  }) => {
    const { email, password, recoveryCodes } = withTwoFactor
    const clients = await Promise.all(Array.from({ length: number }, anotherClient))
    // One after the other, because this isn't about how many passwords may be checked at once.
    for (const client of clients) await submit(client, '/sign-in', { email, password })
    const code = used.startsWith('Recovery') ? (recoveryCodes[0] ?? '') : await authenticator.nextCode()
    const answers = await Promise.all(clients.map((client) => post(client, CODE, { code })))
    const statuses = answers.map((answer) => answer.status())
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    await page.goto('/settings/activity')
    await expect(page.getByText(used, { exact: true })).toHaveCount(1)
  })
}

test('what is no code at all costs no attempt, and never breaks (A20)', async ({
  page,
  authenticator,
  withTwoFactor,
}) => {
  await openCodePage(page, withTwoFactor)
  for (const typed of [
    '',
    '1234567',
    '①②③④⑤⑥',
    '123456 654321',
    '1e5999',
    '+12345',
    '0x1234',
    'х7k2m-q9d4t',
    '123.456',
    '9'.repeat(10_000),
  ]) {
    expect((await post(page.request, CODE, { code: typed })).status(), typed.slice(0, 20)).toBe(422)
  }
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('the right password again gives no new guesses (A16, A18)', async ({
  authenticator,
  withTwoFactor,
  anotherClient,
}) => {
  const { email, password } = withTwoFactor
  const statuses: number[] = []
  for (let round = 0; round < 3; round++) {
    const client = await anotherClient()
    await submit(client, '/sign-in', { email, password })
    const guesses = Array.from({ length: 4 }, () => post(client, CODE, { code: authenticator.wrongCode() }))
    for (const answer of await Promise.all(guesses)) statuses.push(answer.status())
  }
  expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(5)
  expect(statuses).toContain(429)
})

test('a pending sign-in is spent by the code it was answered with (A27)', async ({
  page,
  context,
  authenticator,
  withTwoFactor,
  browser,
}) => {
  await openCodePage(page, withTwoFactor)
  const pending = await context.cookies()
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()

  const thief = await browser.newContext()
  await thief.addCookies(pending)
  await post(thief.request, CODE, { code: await authenticator.nextCode() })
  await expectOutside(thief.request)
  await expectInside(page.request)
  await thief.close()
})

test('signing in elsewhere leaves another pending sign-in alone', async ({
  page,
  authenticator,
  withTwoFactor,
  anotherClient,
}) => {
  await openCodePage(page, withTwoFactor)
  await signInByRequest(await anotherClient(), withTwoFactor, await authenticator.nextCode())
  await verify(page, await authenticator.nextCode())
  await expect(heading(page, 'Dashboard')).toBeVisible()
})
