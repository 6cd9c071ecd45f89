import { setTimeout } from 'node:timers/promises'
import type { SecondStepResult } from '#app/sign-in/second-step.ts'
import { codeOf } from './authenticator.ts'
import type { Browser, From } from './browser.ts'
import { PASSWORD, RECOVERY_CODES_PAGE, TOKENS_PAGE } from './names.ts'
import { beginSetUp, newEmail, readCodes, readEnrolPage, setUp, signUp, submit } from './people.ts'
import type { Latchkey } from './product.ts'
import { manyOwingCode } from './tables.ts'
import type { Transport } from './transport.ts'

/** What a story needs of the product, wherever it runs. */
export type Product = { carry: Transport; clock: { now(): Date }; browser(of?: From): Browser }

/** A browser signed in to a new account. */
export async function signedUp(product: Product, from: From = {}) {
  const browser = product.browser(from)
  const email = newEmail()
  await signUp(browser, { email, password: PASSWORD })
  return { browser, email }
}

/**
 * A new key's step T-1 is used by this, T and T+1 are free. At the end of a step, where a clock that runs would make T-2 of it on the
 * way, it waits for the next.
 */
const firstCode =
  ({ clock }: Product) =>
  async (key: string) => {
    const left = STEP - (clock.now().getTime() % STEP)
    if (left < TWO_SECONDS) await setTimeout(left + 50) // a timer may fire a moment too early
    return codeOf(key, clock.now(), -1)
  }
const STEP = 30_000
const TWO_SECONDS = 2000

/** Step 1 done: the key, the codes as displayed, and the enrolment's id. */
export const enrolling = (product: Product, browser: Browser) =>
  beginSetUp(browser, { password: PASSWORD }, firstCode(product))

/** A browser signed in to a new account with its second factor on. */
export async function withTwoFactor(product: Product, from: From = {}) {
  const { browser, email } = await signedUp(product, from)
  const { key, codes } = await setUp(browser, { password: PASSWORD }, firstCode(product))
  return { browser, email, key, codes }
}

/** Another browser of the owner or of somebody who knows the password, before the code. */
export async function owingCode(product: Product, email: string, from: From = {}) {
  const browser = product.browser(from)
  const next = await submit(browser, '/sign-in', { email, password: PASSWORD })
  if (next !== '/sign-in/two-factor') throw new Error(`The password led to ${next}.`)
  return browser
}

/** What a person chooses on the page for a new access token, as its form sends it. */
export const tokenFields = (product: Product, fields: Record<string, string> = {}): Record<string, string> => ({
  description: 'Nightly backup',
  expires_at: new Date(product.clock.now().getTime() + 90 * 24 * 60 * 60_000).toISOString().slice(0, 10),
  'scope-account-read': 'yes',
  ...fields,
})

/** Generates an access token through the pages. Returns its value and id. */
export async function withToken(product: Product, browser: Browser, fields: Record<string, string> = {}) {
  const before = tokenIds((await browser.get(TOKENS_PAGE)).html)
  await submit(browser, `${TOKENS_PAGE}/generate/confirm`, { ...tokenFields(product, fields), password: PASSWORD })
  const value = readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html)
  const [id = ''] = tokenIds((await browser.get(TOKENS_PAGE)).html).filter((each) => !before.includes(each))
  return { value, id }
}

/** The value that a page shows, or ''. */
export const readAccessToken = (html: string): string => /\blk_[0-9A-Za-z]{38}\b/.exec(html)?.[0] ?? ''

/** The ids of the tokens on the list, newest first. */
export const tokenIds = (html: string): string[] =>
  [...html.matchAll(/ name="token-([\w-]+)"/g)].map(([, id = '']) => id)

/** A browser with a copy of the cookies as they are now. */
export function copyOf(product: Product, browser: Browser, from: From = {}): Browser {
  const copy = product.browser(from)
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
  return copy
}

export const answerCode = (browser: Browser, code: string) => browser.post('/sign-in/two-factor', { code })

/** Signs in with a code of either kind. Returns the browser. */
export async function signedInWith(product: Latchkey, email: string, code: string): Promise<Browser> {
  const [browser] = await manyOwingCode(product, email, 1)
  if (!browser) throw new Error('There is no browser.')
  await submit(browser, '/sign-in/two-factor', { code })
  return browser
}

/** The page with the recovery codes, after the password: its answer, the codes on it, and the set it names. */
export async function viewingCodes(browser: Browser) {
  await browser.post(`${RECOVERY_CODES_PAGE}/confirm`, { password: PASSWORD })
  return readCodesPage((await browser.get(RECOVERY_CODES_PAGE)).html)
}

export const readCodesPage = (html: string) => ({
  html,
  codes: readCodes(html),
  set: /name="set" value="(\d+)"/.exec(html)?.[1] ?? '',
})

/** Begins to replace the authenticator, or the one with that id. Returns the new key and the enrolment's id. */
export async function replacing(browser: Browser, authenticator?: string) {
  await browser.post('/settings/two-factor/replace/confirm', {
    ...(authenticator && { authenticator }),
    password: PASSWORD,
  })
  return readEnrolPage((await browser.get('/settings/two-factor/replace')).html)
}

/** Begins to add an authenticator. Returns its key, the enrolment's id, and the proposed name. */
export async function adding(browser: Browser) {
  await browser.post('/settings/two-factor/add/confirm', { password: PASSWORD })
  const { html } = await browser.get('/settings/two-factor/add')
  return { ...readEnrolPage(html), name: /name="name"[^>]* value="([^"]*)"/.exec(html)?.[1] ?? '' }
}

/** Adds an authenticator to the account of `browser`. */
export async function withAnother(product: Product, browser: Browser, name = 'Spare phone') {
  const { key, enrolment } = await adding(browser)
  await submit(browser, '/settings/two-factor/add', { enrolment, name, code: await firstCode(product)(key) })
  return { key, id: enrolment }
}

/** How an answer at the second step ended, in one word. */
export const endOf = (result: SecondStepResult): string => {
  if (result.ok) return 'in'
  return result.reason === 'refused' ? result.refusal.reason : result.reason
}
