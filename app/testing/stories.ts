import { randomUUID } from 'node:crypto'
import { codeOf } from './authenticator.ts'
import type { Browser, Visitor } from './browser.ts'
import { PASSWORD, RECOVERY_CODES_PAGE, TOKENS_PAGE } from './names.ts'
import type { Latchkey } from './product.ts'
import { manyOwingCode } from './tables.ts'

export const newEmail = (): string => `${randomUUID().slice(0, 8)}@example.com`

/** A browser signed in to a new account. */
export async function signedUp(product: Latchkey, visitor: Visitor = {}) {
  const browser = product.browser(visitor)
  const email = newEmail()
  const answer = await browser.post('/sign-up', { email, password: PASSWORD })
  if (answer.status !== 303) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`)
  return { browser, email }
}

/** Step 1 done: the key, the codes as displayed, and the enrolment's id. */
export async function enrolling(product: Latchkey, browser: Browser) {
  await browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })
  const { key, enrolment } = readEnrolPage((await browser.get('/settings/two-factor/set-up')).html)
  const next = await browser.post('/settings/two-factor/set-up', {
    enrolment,
    code: codeOf(key, product.clock.now(), -1),
  })
  if (next.status !== 303) throw new Error(`step 1 answered ${next.status}: ${next.text}`)
  const codes = readCodes((await browser.get('/settings/two-factor/set-up/recovery-codes')).html)
  return { key, enrolment, codes }
}

/** A browser signed in to a new account with its second factor on. Step T-1 is used, T and T+1 are free. */
export async function withTwoFactor(product: Latchkey, visitor: Visitor = {}) {
  const { browser, email } = await signedUp(product, visitor)
  const { key, enrolment, codes } = await enrolling(product, browser)
  const done = await browser.post('/settings/two-factor/set-up/recovery-codes', { enrolment, saved: 'yes' })
  if (done.status !== 303) throw new Error(`Done answered ${done.status}: ${done.text}`)
  return { browser, email, key, codes }
}

/** Another browser, of the owner or of somebody who knows the password, before the code. */
export async function owingCode(product: Latchkey, email: string, visitor: Visitor = {}) {
  const browser = product.browser(visitor)
  const answer = await browser.post('/sign-in', { email, password: PASSWORD })
  if (answer.location !== '/sign-in/two-factor') throw new Error(`sign-in answered ${answer.status}: ${answer.text}`)
  return browser
}

/** What a person chooses on the page for a new access token, as its form sends it. */
export const tokenFields = (product: Latchkey, fields: Record<string, string> = {}): Record<string, string> => ({
  description: 'Nightly backup',
  expires_at: new Date(product.clock.now().getTime() + 90 * 24 * 60 * 60_000).toISOString().slice(0, 10),
  'scope-account-read': 'yes',
  ...fields,
})

/** Generates an access token through the pages. Returns its value and id. */
export async function withToken(product: Latchkey, browser: Browser, fields: Record<string, string> = {}) {
  const before = tokenIds((await browser.get(TOKENS_PAGE)).html)
  const answer = await browser.post(`${TOKENS_PAGE}/generate/confirm`, {
    ...tokenFields(product, fields),
    password: PASSWORD,
  })
  if (answer.status !== 303) throw new Error(`Generate answered ${answer.status}: ${answer.text}`)
  const value = readAccessToken((await browser.get(`${TOKENS_PAGE}/value`)).html)
  const [id = ''] = tokenIds((await browser.get(TOKENS_PAGE)).html).filter((each) => !before.includes(each))
  return { value, id }
}

/** The value that a page shows, or ''. */
export const readAccessToken = (html: string): string => /\blk_[0-9A-Za-z]{38}\b/.exec(html)?.[0] ?? ''

/** The ids of the tokens on the list, newest first. */
export const tokenIds = (html: string): string[] =>
  [...html.matchAll(/ name="token-([\w-]+)"/g)].map(([, id = '']) => id)

export function readEnrolPage(html: string) {
  const uri = /href="(otpauth:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const key = URL.canParse(uri) ? (new URL(uri).searchParams.get('secret') ?? '') : ''
  const enrolment = /name="enrolment" value="([^"]+)"/.exec(html)?.[1] ?? ''
  if (!key || !enrolment) throw new Error('This is not the page of step 1.')
  return { uri, key, enrolment }
}

export const readCodes = (html: string): string[] =>
  html.match(/\b[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}\b/g) ?? []

/** A browser with a copy of the cookies as they are now. */
export function copyOf(product: Latchkey, browser: Browser, visitor: Visitor = {}): Browser {
  const copy = product.browser(visitor)
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
  return copy
}

export const answerCode = (browser: Browser, code: string) => browser.post('/sign-in/two-factor', { code })

/** Signs in with a code of either kind. Returns the browser. */
export async function signedInWith(product: Latchkey, email: string, code: string): Promise<Browser> {
  const [browser] = await manyOwingCode(product, email, 1)
  if (!browser) throw new Error('There is no browser.')
  const answer = await answerCode(browser, code)
  if (answer.status !== 303) throw new Error(`${code} answered ${answer.status}: ${answer.text}`)
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

/** Adds an authenticator to the account of `browser`. Its step T-1 is used, T and T+1 are free. */
export async function withAnother(product: Latchkey, browser: Browser, name = 'Spare phone') {
  const { key, enrolment } = await adding(browser)
  const code = codeOf(key, product.clock.now(), -1)
  const answer = await browser.post('/settings/two-factor/add', { enrolment, name, code })
  if (answer.location !== '/settings/two-factor/authenticators')
    throw new Error(`Add answered ${answer.status}: ${answer.text}`)
  return { key, id: enrolment }
}
