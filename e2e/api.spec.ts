import type { APIRequestContext } from 'playwright/test'
import { expect, site, test } from './support.ts'

/** A call to `/api/v1/` the way a script makes it: no cookie, and a bearer token if there is one. */
const call = (request: APIRequestContext, method: string, path: string, data?: object, bearer?: string) =>
  request.fetch(`${site()}/api/v1${path}`, {
    method,
    ...(data && { data }),
    headers: { ...(bearer && { authorization: `Bearer ${bearer}` }) },
  })

/** A call to `/1.0/` the way clients of the Jelastic cloud make it: a form with `appid`, always answered with 200. */
async function jelastic(request: APIRequestContext, method: string, form: Record<string, string>) {
  const response = await request.post(`${site()}/1.0/users/${method}`, { form: { appid: 'cluster', ...form } })
  expect(response.status()).toBe(200)
  return response.json()
}

test('a script signs in without a second factor, by both forms', async ({ signedUp, playwright }) => {
  const script = await playwright.request.newContext()
  const { email, password } = signedUp
  const session = (await (await call(script, 'POST', '/sessions', { email, password })).json()).session
  expect((await (await call(script, 'GET', '/account', undefined, session)).json()).email).toBe(email)

  const signedIn = await jelastic(script, 'authentication/rest/signin', { login: email, password })
  expect(signedIn).toMatchObject({ result: 0, email, status: 'ENABLED', accessType: 'FULL_ACCESS', authType: 'BASIC' })
  const info = await jelastic(script, 'account/rest/getuserinfo', { session: signedIn.session })
  expect(info).toMatchObject({ result: 0, email })
  await script.dispose()
})

test('with a second factor the code opens the session, by both forms, and no code opens two', async ({
  withTwoFactor,
  authenticator,
  playwright,
}) => {
  const script = await playwright.request.newContext()
  const { email, password } = withTwoFactor
  const owed = await call(script, 'POST', '/sessions', { email, password })
  expect(owed.status()).toBe(202)
  const challenge = (await owed.json()).challenge.id
  const code = await authenticator.nextCode()
  const verified = await call(script, 'POST', '/sessions/verify', { challenge, code })
  expect(verified.status()).toBe(201)

  const pending = await jelastic(script, 'authentication/rest/SignIn', { login: email, password })
  expect(pending).toMatchObject({
    result: 0,
    accessType: 'RESTRICTED',
    authType: 'TFA',
    requiredAuthCheck: { type: 'TOTP' },
  })
  const { session } = pending
  expect((await jelastic(script, 'account/rest/getuserinfo', { session })).result).not.toBe(0)
  expect((await jelastic(script, 'authentication/rest/Verify2FACode', { session, code })).result).not.toBe(0)
  const opened = await jelastic(script, 'authentication/rest/Verify2FACode', {
    session,
    code: await authenticator.nextCode(),
  })
  expect(opened).toMatchObject({ result: 0, session, accessType: 'FULL_ACCESS' })
  expect(await jelastic(script, 'account/rest/getuserinfo', { session })).toMatchObject({ result: 0, email })
  await script.dispose()
})

test('the page of the API works without JavaScript and names every call', async ({ page }) => {
  await page.goto('/api/docs')
  await expect(page.getByRole('heading', { level: 1, name: 'API' })).toBeVisible()
  await expect(page.getByText('POST /api/v1/sessions/verify').first()).toBeVisible()
  const problem = page.locator('#problem-code_refused')
  await expect(problem).toContainText('422')
})
