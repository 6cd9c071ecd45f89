import { type APIRequestContext, type APIResponse, expect } from 'playwright/test'
import { type Account, type ProtectedAccount, RECOVERY_CODE } from './account.ts'
import { Authenticator } from './authenticator.ts'

type Fields = Record<string, string>

/** The origin under test. The global set-up names it before the first test. */
export function site(): string {
  return new URL(process.env.E2E_BASE_URL ?? '').origin
}

/** Sends a form the way the product's own pages do, and doesn't follow the answer. */
export function post(request: APIRequestContext, path: string, form: Fields = {}): Promise<APIResponse> {
  return request.post(path, { form, maxRedirects: 0, headers: { origin: site(), 'sec-fetch-site': 'same-origin' } })
}

/** Sends a form and expects it to be accepted. Returns where the answer leads. */
export async function submit(request: APIRequestContext, path: string, form: Fields = {}): Promise<string> {
  const response = await post(request, path, form)
  expect(response.status(), `POST ${path}`).toBe(303)
  return response.headers().location ?? ''
}

export async function signUpByRequest(request: APIRequestContext, { email, password }: Account): Promise<void> {
  await submit(request, '/sign-up', { email, password })
}

/** The password, and the code if one is owed. */
export async function signInByRequest(
  request: APIRequestContext,
  { email, password }: Account,
  code?: string,
): Promise<void> {
  const next = await submit(request, '/sign-in', { email, password })
  if (code !== undefined) {
    expect(next).toContain('/sign-in/two-factor')
    await submit(request, '/sign-in/two-factor', { code })
  }
}

/** Goes through the set-up for the signed-in account, like the two steps on the pages. */
export async function enrolByRequest(request: APIRequestContext, account: Account): Promise<ProtectedAccount> {
  await submit(request, '/settings/two-factor/set-up/confirm', { password: account.password })
  const stepOne = await read(request, '/settings/two-factor/set-up')
  const authenticator = new Authenticator(keyIn(stepOne))
  const enrolment = hiddenIn(stepOne, 'enrolment')
  await submit(request, '/settings/two-factor/set-up', { enrolment, code: await authenticator.nextCode() })
  const stepTwo = await read(request, '/settings/two-factor/set-up/recovery-codes')
  await submit(request, '/settings/two-factor/set-up/recovery-codes', { enrolment, saved: 'yes' })
  return { ...account, authenticator, recoveryCodes: recoveryCodesIn(stepTwo) }
}

export async function changePasswordByRequest(
  request: APIRequestContext,
  account: Account,
  next: string,
): Promise<void> {
  await submit(request, '/settings/password', { current: account.password, new: next })
}

export async function disableByRequest(request: APIRequestContext, account: Account): Promise<void> {
  await submit(request, '/settings/two-factor/disable', { password: account.password })
}

async function read(request: APIRequestContext, path: string): Promise<string> {
  const response = await request.get(path, { maxRedirects: 0 })
  expect(response.status(), `GET ${path}`).toBe(200)
  return response.text()
}

function keyIn(html: string): string {
  const shown = /<code[^>]*data-key[^>]*>(.*?)<\/code>/s.exec(html)?.[1] ?? ''
  return textOf(shown).replaceAll(/\s/g, '')
}

function recoveryCodesIn(html: string): string[] {
  return textOf(html).match(new RegExp(RECOVERY_CODE, 'g')) ?? []
}

function hiddenIn(html: string, name: string): string {
  const input = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(html)?.[0] ?? ''
  return /value="([^"]*)"/.exec(input)?.[1] ?? ''
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, ' ')
}
