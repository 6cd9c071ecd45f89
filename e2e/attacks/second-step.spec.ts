import type { APIRequestContext } from 'playwright/test'
import {
  type Account,
  expect,
  expectInside,
  expectOutside,
  heading,
  openCodePage,
  post,
  signInByRequest,
  submit,
  test,
  textAt,
  verify,
} from '../support.ts'

const CODE = '/sign-in/two-factor'

/** The client, once it has given the password and owes the code. */
async function owing(client: APIRequestContext, { email, password }: Account): Promise<APIRequestContext> {
  expect(await submit(client, '/sign-in', { email, password })).toBe(CODE)
  return client
}

test('a password alone opens nothing (A06)', async ({ anotherClient, withTwoFactor }) => {
  const client = await owing(await anotherClient(), withTwoFactor)
  for (const path of ['/', '/settings/account', '/settings/activity', '/settings/two-factor/recovery-codes']) {
    const answer = await client.get(path, { maxRedirects: 0 })
    expect(answer.status(), path).toBe(303)
    expect(answer.headers().location, path).toContain('/sign-in')
  }
  await post(client, '/settings/two-factor/disable', { password: withTwoFactor.password })
  expect(await textAt(client, '/settings/account')).toContain('Enter the six digits your authenticator app shows now')
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
    context,
    anotherClient,
  }) => {
    const { recoveryCodes } = withTwoFactor
    const clients = await Promise.all(Array.from({ length: number }, anotherClient))
    // One after the other, because this isn't about how many passwords may be checked at once.
    for (const client of clients) await owing(client, withTwoFactor)
    const code = used.startsWith('Recovery') ? (recoveryCodes[0] ?? '') : await authenticator.nextCode()
    const answers = await Promise.all(clients.map((client) => post(client, CODE, { code })))
    const statuses = answers.map((answer) => answer.status())
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect((await textAt(context.request, '/settings/activity')).split(used)).toHaveLength(2)
  })
}

test('what is no code at all costs no attempt, and never breaks (A20)', async ({
  anotherClient,
  authenticator,
  withTwoFactor,
}) => {
  const client = await owing(await anotherClient(), withTwoFactor)
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
    expect((await post(client, CODE, { code: typed })).status(), typed.slice(0, 20)).toBe(422)
  }
  await submit(client, CODE, { code: await authenticator.nextCode() })
  await expectInside(client)
})

test('the right password again gives no new guesses (A16, A18)', async ({
  authenticator,
  withTwoFactor,
  anotherClient,
}) => {
  const statuses: number[] = []
  for (let round = 0; round < 3; round++) {
    const client = await owing(await anotherClient(), withTwoFactor)
    const guesses = Array.from({ length: 4 }, () => post(client, CODE, { code: authenticator.wrongCode() }))
    for (const answer of await Promise.all(guesses)) statuses.push(answer.status())
  }
  expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(5)
  expect(statuses).toContain(429)
})

test('a pending sign-in is spent by the code it was answered with (A27)', async ({
  context,
  authenticator,
  withTwoFactor,
  browser,
}) => {
  await context.clearCookies()
  await owing(context.request, withTwoFactor)
  const pending = await context.cookies()
  await submit(context.request, CODE, { code: await authenticator.nextCode() })

  const thief = await browser.newContext()
  await thief.addCookies(pending)
  await post(thief.request, CODE, { code: await authenticator.nextCode() })
  await expectOutside(thief.request)
  await expectInside(context.request)
  await thief.close()
})

test('signing in elsewhere leaves another pending sign-in alone', async ({
  authenticator,
  withTwoFactor,
  anotherClient,
}) => {
  const client = await owing(await anotherClient(), withTwoFactor)
  await signInByRequest(await anotherClient(), withTwoFactor, await authenticator.nextCode())
  await submit(client, CODE, { code: await authenticator.nextCode() })
  await expectInside(client)
})
