import {
  expect,
  expectInside,
  expectOutside,
  giveCredentials,
  heading,
  newAccount,
  newPassword,
  post,
  signIn,
  signInByRequest,
  signUpByRequest,
  submit,
  test,
} from '../support.ts'

test('an address without an account is answered exactly like a wrong password (A50)', async ({ page, signedUp }) => {
  await page.context().clearCookies()
  const answers = []
  for (const email of [signedUp.email, newAccount().email]) {
    await signIn(page, { email, password: newPassword() })
    await expect(page.getByRole('alert')).toContainText("That email and password don't belong together.")
    answers.push((await page.getByRole('main').innerHTML()).replaceAll(email, ''))
  }
  expect(answers[1]).toBe(answers[0])
})

test('every page of the account asks a stranger to sign in (A06)', async ({ page, anotherClient }) => {
  const stranger = await anotherClient()
  for (const path of [
    '/',
    '/settings/account',
    '/settings/activity',
    '/settings/password',
    '/settings/two-factor/set-up',
    '/settings/two-factor/set-up/confirm',
    '/settings/two-factor/set-up/recovery-codes',
    '/settings/two-factor/recovery-codes',
    '/settings/two-factor/recovery-codes/print',
    '/settings/two-factor/recovery-codes/download',
    '/settings/two-factor/disable',
    '/settings/two-factor/replace',
  ]) {
    const answer = await stranger.get(path, { maxRedirects: 0 })
    expect(answer.status(), path).toBe(303)
    expect(answer.headers().location, path).toMatch(/^\/sign-in(\?|$)/)
    expect(await answer.text(), path).not.toContain('<')
  }
  await page.goto('/settings/account')
  await expect(heading(page, 'Sign in')).toBeVisible()
})

test('return_to leads nowhere but to this site (A45)', async ({ page, signedUp, anotherClient }) => {
  for (const returnTo of [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example/',
    '%2f%2fevil.example',
    '/%09/evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '@evil.example',
    '/\r\nLocation: https://evil.example/',
    '/'.repeat(8192),
  ]) {
    const answer = await post(await anotherClient(), '/sign-in', { ...signedUp, return_to: returnTo })
    expect([303, 422], returnTo.slice(0, 40)).toContain(answer.status())
    if (answer.status() === 303) expect(answer.headers().location, returnTo.slice(0, 40)).toMatch(/^\/($|[^/\\])/)
  }
  // And once in a browser: the watch fails this test if it asks another origin for anything.
  await page.context().clearCookies()
  await page.goto(`/sign-in?return_to=${encodeURIComponent('/\\evil.example')}`)
  await giveCredentials(page, signedUp)
  await expect(heading(page, 'Dashboard')).toBeVisible()
})

test('a stranger who guesses does not lock the owner out of a live session (A19)', async ({
  context,
  signedUp,
  anotherClient,
}) => {
  const stranger = await anotherClient()
  for (let guess = 0; guess < 15; guess++) {
    await post(stranger, '/sign-in', { email: signedUp.email, password: newPassword() })
  }
  await expectOutside(stranger)
  await expectInside(context.request)
})

test('the cookies are out of reach of scripts and of other sites, and the session ends with the browser', async ({
  page,
  signedUp,
}) => {
  await page.goto('/')
  const cookies = await page.context().cookies()
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  const session = cookies.find(({ name }) => /(^|-)latchkey$/.test(name))
  expect(session, signedUp.email).toMatchObject({ expires: -1 })
})

test('every sign-in gets a new session, and one that was signed out stays a stranger (A27, A32)', async ({
  context,
  signedUp,
}) => {
  const { request } = context
  const before = await context.cookies()
  await submit(request, '/sign-out')
  await context.addCookies(before)
  await expectOutside(request)

  await submit(request, '/sign-in', signedUp)
  await expectInside(request)
  const after = await context.cookies()
  expect(after.map(({ value }) => value)).not.toEqual(before.map(({ value }) => value))
})

test('signing up again with a known address opens nothing and replaces no password (A52)', async ({
  anotherClient,
}) => {
  const owner = newAccount()
  await signUpByRequest(await anotherClient(), owner)
  for (const email of [owner.email, owner.email.toUpperCase(), ` ${owner.email}`]) {
    const stranger = await anotherClient()
    await post(stranger, '/sign-up', { email, password: newPassword() })
    await expectOutside(stranger)
  }
  const again = await anotherClient()
  await signInByRequest(again, owner)
  await expectInside(again)
})

test('twenty sign-ups with one address at once make one account (A52)', async ({ anotherClient }) => {
  const account = newAccount()
  const client = await anotherClient()
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(client, '/sign-up', account)))
  // The argon2 queue may turn some away. It may not make two accounts or break.
  expect(answers.map((answer) => answer.status()).filter((status) => status >= 500 && status !== 503)).toEqual([])
  const owner = await anotherClient()
  await signInByRequest(owner, account)
  const activity = await (await owner.get('/settings/activity')).text()
  expect(activity.match(/Account created/g)).toHaveLength(1)
})
