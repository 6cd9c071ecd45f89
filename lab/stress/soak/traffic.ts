import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { apiClient } from '../../../testing/clients/v1.ts'
import {
  type Browser,
  codeOf,
  enrolling,
  newEmail,
  PASSWORD,
  type Product,
  RECOVERY_CODES_PAGE,
  readCodesPage,
  SESSIONS_PAGE,
  signedUp,
  TOKENS_PAGE,
  withToken,
  withTwoFactor,
} from '../../../testing/index.ts'
import type { Doing } from './mix.ts'
import type { Site } from './site.ts'

const STEP = 30_000 // milliseconds of the product's clock
const PAGES = ['/', '/settings/account', '/settings/activity', '/settings/sessions', '/settings/tokens']

/** A person with a second factor, and everything they remember. `step` is the newest time step whose code they used. */
export type Person = {
  email: string
  password: string
  key: string
  step: number
  codes: string[]
  browser: Browser
  token: string | undefined
}

type World = { site: Site; linkIn: (email: string) => Promise<string> }

const TRIES = 3 // a step is five real seconds here, and a code typed at its end comes too late

export async function newcomer(site: Site, tries = TRIES): Promise<Person> {
  const { product } = site
  const made = await withTwoFactor(product).catch((error: unknown) => {
    if (tries <= 1) throw error
  })
  if (!made) return newcomer(site, tries - 1)
  const { browser, email, key, codes } = made
  const { value } = await withToken(product, browser)
  return { email, password: PASSWORD, key, step: stepOf(product), codes, browser, token: value }
}

const stepOf = ({ clock }: Product) => Math.floor(clock.now().getTime() / STEP)

/** Something turned out differently than the person meant. */
export class Otherwise extends Error {}

function meant(happened: boolean, what: string) {
  if (!happened) throw new Otherwise(what)
}

/** The code of an unused step. Waits for one if necessary. */
async function freshCode({ product }: Site, person: Person): Promise<string> {
  while (stepOf(product) <= person.step) await pause(50)
  person.step = stepOf(product)
  return codeOf(person.key, product.clock.now())
}

const password = async (browser: Browser, { email, password }: Person) => browser.post('/sign-in', { email, password })

async function signIn(site: Site, person: Person, browser: Browser, extra: Record<string, string> = {}) {
  const first = await password(browser, person)
  meant(first.location === '/sign-in/two-factor', `the password led to ${first.status} ${first.location}`)
  const second = await browser.post('/sign-in/two-factor', { code: await freshCode(site, person), ...extra })
  meant(second.location === '/', `the code led to ${second.status} ${second.location}`)
  person.browser = browser
}

/** Signs in, if the session has ended or the person signed out. */
async function inside(site: Site, person: Person): Promise<Browser> {
  const isIn = (await person.browser.get('/')).status === 200
  if (!isIn) await signIn(site, person, site.product.browser())
  return person.browser
}

async function browse(browser: Browser, pages: number) {
  for (let page = 0; page < pages; page++) {
    const answer = await browser.get(PAGES[Math.floor(Math.random() * PAGES.length)] ?? '/')
    meant(answer.status === 200, `a page answered ${answer.status} ${answer.location}`)
    await pause(20)
  }
}

/** What one person does. Each throws `Otherwise` if it turned out differently. */
export const DOINGS: Record<Doing, (world: World, person: Person) => Promise<void>> = {
  async lookAround({ site }, person) {
    await browse(await inside(site, person), 3)
  },
  async signIn({ site }, person) {
    await signIn(site, person, site.product.browser())
    await browse(person.browser, 4)
    if (Math.random() < 0.3) meant((await person.browser.post('/sign-out')).status === 303, 'signing out failed')
  },
  async signInTrusted({ site }, person) {
    await signIn(site, person, site.product.browser(), { trust: 'yes' })
    await person.browser.post('/sign-out')
    const again = await password(person.browser, person)
    meant(again.location === '/', `a trusted browser was led to ${again.status} ${again.location}`)
  },
  async leaveAtTheCode({ site }, person) {
    const { location } = await password(site.product.browser(), person)
    meant(location === '/sign-in/two-factor', `the password led to ${location}`)
  },
  async typeWrongPassword({ site: { product } }, person) {
    const { status } = await product
      .browser()
      .post('/sign-in', { email: person.email, password: 'no idea what it was' })
    meant(status === 422, `a wrong password answered ${status}`)
  },
  async typeWrongCode({ site }, person) {
    const browser = site.product.browser()
    await password(browser, person)
    const wrong = (await browser.post('/sign-in/two-factor', { code: '000000' })).status
    meant(wrong === 422, `a wrong code answered ${wrong}`)
    const right = await browser.post('/sign-in/two-factor', { code: await freshCode(site, person) })
    meant(right.location === '/', `the right code after it led to ${right.status}`)
  },
  async useRecoveryCode({ site }, person) {
    const browser = site.product.browser()
    await password(browser, person)
    const { status } = await browser.post('/sign-in/two-factor', { code: person.codes.pop() ?? '' })
    meant(status === 303, `a recovery code answered ${status}`)
    person.browser = browser
    if (person.codes.length < 4) await renew(person)
  },
  async signUp({ site }, person) {
    Object.assign(person, await newcomer(site)) // the previous person doesn't come back
  },
  async leaveSetUp({ site: { product } }) {
    const { browser } = await signedUp(product)
    await enrolling(product, browser)
  },
  async resetPassword({ site: { product }, linkIn }, person) {
    const browser = product.browser()
    await browser.post('/reset-password', { email: person.email })
    await browser.get(await linkIn(person.email))
    const changed = `eleven sardines hum ${randomUUID()}`
    const { status, text } = await browser.post('/mail/reset-password', { password: changed })
    meant(status === 303, `setting a password by mail answered ${status}: ${text}`)
    person.password = changed
    person.token = undefined // frozen until somebody confirms the address
  },
  async changePassword({ site }, person) {
    const browser = await inside(site, person)
    const changed = `nine lanterns walk ${randomUUID()}`
    const { location } = await browser.post('/settings/password', { current: person.password, new: changed })
    meant(location === '/settings/account', `changing the password led to ${location}`)
    person.password = changed
  },
  async renewRecoveryCodes({ site }, person) {
    await inside(site, person)
    await renew(person)
  },
  async turnOffAndOn({ site }, person) {
    const browser = await inside(site, person)
    const off = await browser.post('/settings/two-factor/disable', { password: person.password })
    meant(off.location === '/settings/account', `turning it off led to ${off.status} ${off.location}`)
    Object.assign(person, await newcomer(site))
  },
  async handleToken({ site: { product, ...site } }, person) {
    if (person.password !== PASSWORD) return browse(await inside({ product, ...site }, person), 1)
    const browser = await inside({ product, ...site }, person)
    const { id } = await withToken(product, browser)
    const expires = new Date(product.clock.now().getTime() + 5 * 24 * 60 * 60_000).toISOString().slice(0, 10)
    const fields = { expires_at: expires, overlap: 'yes', password: PASSWORD }
    const renewed = await browser.post(`${TOKENS_PAGE}/${id}/regenerate`, fields)
    meant(renewed.status === 303, `regenerating answered ${renewed.status}`)
    const gone = await browser.post(`${TOKENS_PAGE}/remove`, { ids: id, password: PASSWORD })
    meant(gone.location === TOKENS_PAGE, `removing led to ${gone.location}`)
  },
  async callByToken({ site: { product, somewhere } }, person) {
    if (!person.token) return
    const { status } = await apiClient(product, somewhere()).call('GET', '/account', person.token)
    meant(status === 200, `a call by token answered ${status}`)
  },
  async signInByApi({ site }, person) {
    const api = apiClient(site.product, site.somewhere())
    const { email, password } = person
    const { status, body } = await api.call('POST', '/sessions', undefined, { email, password })
    meant(status === 202, `the password answered ${status}`)
    const { id: challenge } = body.challenge as { id: string }
    const code = await freshCode(site, person)
    const verified = await api.call('POST', '/sessions/verify', undefined, { challenge, code })
    meant(verified.status === 201, `the code answered ${verified.status}`)
    const session = String(verified.body.session)
    meant((await api.call('GET', '/two-factor', session)).status === 200, 'the session does not work')
    if (Math.random() < 0.3) await api.call('DELETE', '/session', session)
  },
  async beginSetUpByApi({ site: { product, somewhere } }) {
    const { email } = await signedUp(product)
    const api = apiClient(product, somewhere())
    const call = async (path: string, fields: Record<string, string>) => {
      const body = new URLSearchParams({ appid: 'dashboard', ...fields }).toString()
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
      return (await api.raw('POST', `/1.0/users/${path}`, { body, headers })).body
    }
    const { session } = await call('authentication/rest/signin', { login: email, password: PASSWORD })
    const begun = await call('account/rest/get2faconfig', { session: String(session), password: PASSWORD })
    meant(begun.result === 0, `beginning a set-up answered ${begun.result}`)
  },
  async signOutEverywhere({ site }, person) {
    const { location } = await (await inside(site, person)).post(`${SESSIONS_PAGE}/everything`)
    meant(location === '/sign-in', `signing out everywhere led to ${location}`)
    person.token = undefined // frozen until they unfreeze it
  },
  async askNonsense({ site: { product } }, { browser }) {
    const stranger = product.browser()
    stranger.cookies.set('__Host-latchkey', 'abcx0123456789abcdef0123456789abcdef')
    for (const answer of [
      await stranger.get(`/nowhere/${newEmail()}`),
      await stranger.post('/sign-in', { email: 'x', nothing: '1' }),
      await stranger.post('/sign-out', {}, { Origin: 'https://evil.example' }),
      await browser.get('/settings/nowhere'),
    ])
      meant(answer.status < 500, `nonsense answered ${answer.status}`)
  },
}

async function renew(person: Person) {
  const { browser } = person
  await browser.post(`${RECOVERY_CODES_PAGE}/confirm`, { password: person.password })
  const { html } = await browser.get(RECOVERY_CODES_PAGE)
  const { set } = readCodesPage(html)
  const { status } = await browser.post(`${RECOVERY_CODES_PAGE}/regenerate`, { set })
  meant(status === 303, `new recovery codes answered ${status}`)
  person.codes = readCodesPage((await browser.get(RECOVERY_CODES_PAGE)).html).codes
}
