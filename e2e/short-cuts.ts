import { type APIRequestContext, expect, type Page } from 'playwright/test'
import type { Account, ProtectedAccount } from './account.ts'
import { Authenticator } from './authenticator.ts'
import { submit } from './by-request.ts'
import { button, field, goOnToStepTwo, typeCode, typedKey } from './person.ts'

// Pages that a test starts from. It doesn't test the way there, so it gets there by request, in a tenth of the time.

export async function openCodePage(page: Page, { email, password }: Account): Promise<void> {
  await page.context().clearCookies()
  await submit(page.request, '/sign-in', { email, password })
  await page.goto('/sign-in/two-factor')
}

export function openStepOne(page: Page, account: Account): Promise<Authenticator> {
  return openEnrolment(page, '/settings/two-factor/set-up', account)
}

export async function openStepTwo(page: Page, account: Account): Promise<Authenticator> {
  const authenticator = await openStepOne(page, account)
  await goOnToStepTwo(page, await authenticator.nextCode())
  return authenticator
}

export function openReplacement(page: Page, account: Account): Promise<Authenticator> {
  return openEnrolment(page, '/settings/two-factor/replace', account)
}

export function openAddition(page: Page, account: Account): Promise<Authenticator> {
  return openEnrolment(page, '/settings/two-factor/add', account)
}

/** Adds an authenticator with that name to the account, and opens the list. */
export async function openAuthenticators(page: Page, account: Account, name = 'Spare phone'): Promise<Authenticator> {
  const authenticator = await openAddition(page, account)
  await field(page, 'Name').fill(name)
  await typeCode(page, await authenticator.nextCode())
  await button(page, 'Add Authenticator').click()
  return authenticator
}

export async function openRecoveryCodes(page: Page, { password }: Account): Promise<void> {
  await submit(page.request, '/settings/two-factor/recovery-codes/confirm', { password })
  await page.goto('/settings/two-factor/recovery-codes')
}

/** The list with two tokens, one of which ends soon. */
export async function openTokens(page: Page, { password }: Account): Promise<void> {
  const choices = { 'scope-account-read': 'yes', 'scope-events-read': 'yes', password }
  for (const [description, days] of [
    ['Nightly backup', 6],
    ['Deployment of the photo archive', 90],
  ] as const) {
    const expires_at = new Date(Date.now() + days * 24 * 60 * 60_000).toISOString().slice(0, 10)
    await submit(page.request, '/settings/tokens/generate/confirm', { ...choices, description, expires_at })
  }
  await page.goto('/settings/tokens')
}

/** The list with two sessions, one of them a script's. */
export async function openSessions(page: Page, { email, password }: Account): Promise<void> {
  expect((await page.request.post('/api/v1/sessions', { data: { email, password } })).status()).toBe(201)
  await page.goto('/settings/sessions')
}

/** The same page, with this browser among the trusted ones. */
export async function openTrustedBrowsers(page: Page, account: ProtectedAccount): Promise<void> {
  await page.context().clearCookies()
  await submit(page.request, '/sign-in', { email: account.email, password: account.password })
  await submit(page.request, '/sign-in/two-factor', { code: await account.authenticator.nextCode(), trust: 'yes' })
  await page.goto('/settings/sessions')
}

/** Step 2 of generating a token. */
export async function openTokenPassword(page: Page): Promise<void> {
  await page.goto('/settings/tokens/generate')
  await field(page, 'Description').fill('Nightly backup')
  await page.getByLabel('account:read', { exact: true }).check()
  await button(page, 'Next').click()
}

/** Types the code of a device, and goes on to what asks. */
export async function typeDeviceCode(page: Page, code: string): Promise<void> {
  await page.goto('/oauth/device')
  await field(page, 'Code').fill(code)
  await button(page, 'Continue').click()
}

/** Opens a page that leads on by itself, and stays there: it would be gone before anybody sees it. */
export async function staying(page: Page, at: string, open: () => Promise<unknown>): Promise<void> {
  await page.route(at, async (route) => {
    const asForm = { ...route.request().headers(), 'sec-fetch-site': 'same-origin' }
    const response = await route.fetch({ headers: asForm })
    const { refresh: _, ...headers } = response.headers()
    const body = (await response.text()).replace(/<script>.*?<\/script>/s, '')
    await route.fulfill({ response, headers, body })
  })
  await open()
  await page.unrouteAll({ behavior: 'wait' })
}

/** Whether the browser or client is signed in, by the answer to one request. */
export async function expectInside(request: APIRequestContext): Promise<void> {
  expect((await request.get('/settings/account', { maxRedirects: 0 })).status()).toBe(200)
}

export async function expectOutside(request: APIRequestContext): Promise<void> {
  const response = await request.get('/settings/account', { maxRedirects: 0 })
  expect(response.status()).toBe(303)
  expect(response.headers().location).toContain('/sign-in')
}

async function openEnrolment(page: Page, path: string, { password }: Account): Promise<Authenticator> {
  await submit(page.request, `${path}/confirm`, { password })
  await page.goto(path)
  return new Authenticator(await typedKey(page))
}
