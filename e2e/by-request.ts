import type { APIRequestContext, APIResponse } from 'playwright/test'
import {
  type Account,
  beginSetUp,
  type Client,
  setUp,
  signIn,
  signUp,
  submit as submitBy,
  textOf,
} from '#testing/people.ts'
import type { ProtectedAccount } from './account.ts'
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
export const submit = (request: APIRequestContext, path: string, form?: Fields): Promise<string> =>
  submitBy(clientOf(request), path, form)

export async function signUpByRequest(request: APIRequestContext, account: Account): Promise<void> {
  await signUp(clientOf(request), account)
}

/** The password, and the code if one is owed. */
export const signInByRequest = (request: APIRequestContext, account: Account, code?: string): Promise<void> =>
  signIn(clientOf(request), account, code)

/** Goes through the set-up for the signed-in account, like the two steps on the pages. */
export async function enrolByRequest(request: APIRequestContext, account: Account): Promise<ProtectedAccount> {
  const { authenticator, codes } = await withAuthenticator(request, account, setUp)
  return { ...account, authenticator, recoveryCodes: codes }
}

/** The same up to step 2, where `enrolment` waits for its Done. */
export const beginEnrolmentByRequest = (request: APIRequestContext, account: Account) =>
  withAuthenticator(request, account, beginSetUp)

async function withAuthenticator(request: APIRequestContext, account: Account, go: typeof beginSetUp) {
  let authenticator = new Authenticator('')
  const begun = await go(clientOf(request), account, (key) => {
    authenticator = new Authenticator(key)
    return authenticator.nextCode()
  })
  return { ...begun, authenticator }
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

/** What a page says to whoever asks for it, as one line. */
export async function textAt(request: APIRequestContext, path: string): Promise<string> {
  return textOf(await (await request.get(path)).text())
}

/** The people of all suites, in a browser of Playwright's: it shares the cookies of the pages. */
const clientOf = (request: APIRequestContext): Client => ({
  get: async (path) => answerOf(await request.get(path, { maxRedirects: 0 })),
  post: async (path, fields) => answerOf(await post(request, path, fields)),
})

const answerOf = async (response: APIResponse) => ({
  status: response.status(),
  location: response.headers().location ?? null,
  html: await response.text(),
})
