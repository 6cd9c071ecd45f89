import type { Browser, From } from './browser.ts'
import { DONE, PASSWORD, SET_UP } from './names.ts'
import { readCodes } from './people.ts'
import { CreationOptions, RequestOptions, softwareAuthenticator } from './software-authenticator.ts'
import { owingCode, type Product, signedUp } from './stories.ts'

export const ADD = '/settings/two-factor/add'
const STEP_TWO = '/sign-in/two-factor'

const ENTITIES: Record<string, string> = { quot: '"', '#39': "'", lt: '<', gt: '>', amp: '&' }

/** What a page asks of the browser. */
export const creationOptionsIn = (html: string) => CreationOptions.parse(optionsIn(html, 'data-passkey-create'))
export const requestOptionsIn = (html: string) => RequestOptions.parse(optionsIn(html, 'data-passkey-get'))

function optionsIn(html: string, attribute: string): unknown {
  const text = new RegExp(`${attribute}="([^"]+)"`).exec(html)?.[1]
  if (text === undefined) throw new Error(`This page has no ${attribute}.`)
  return JSON.parse(text.replace(/&(quot|#39|lt|gt|amp);/g, (_, name: string) => ENTITIES[name] ?? ''))
}

export const enrolmentIn = (html: string): string => /name="enrolment" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** The password, and a passkey instead of an authenticator app: what the page asks, and for which enrolment. */
export async function choosingPasskey(browser: Browser, flow = SET_UP) {
  await browser.post(`${flow}/confirm`, { password: PASSWORD })
  await browser.post(`${flow}/kind`, { kind: 'passkey' })
  const { html } = await browser.get(flow)
  return { enrolment: enrolmentIn(html), options: creationOptionsIn(html), html }
}

/** A new account whose only second factor is a passkey, in a browser that is signed in to it. */
export async function withPasskey(product: Product, device = softwareAuthenticator(), from: From = {}) {
  const { browser, email } = await signedUp(product, from)
  const { enrolment, options } = await choosingPasskey(browser)
  const next = await browser.post(SET_UP, { enrolment, passkey: device.register(options) })
  if (next.location !== DONE) throw new Error(`The passkey was refused: ${next.text}`)
  const codes = readCodes((await browser.get(DONE)).html)
  await browser.post(DONE, { enrolment, saved: 'yes' })
  return { browser, email, device, codes }
}

/** One more, for the account that is signed in. */
export async function addPasskey(browser: Browser, name = 'Passkey 2', device = softwareAuthenticator()) {
  const { enrolment, options } = await choosingPasskey(browser, ADD)
  const added = await browser.post(ADD, { enrolment, name, passkey: device.register(options) })
  if (added.status !== 303) throw new Error(`The passkey was refused: ${added.text}`)
  return device
}

/** A browser that owes the second step, and what its page asks. */
export async function askedForPasskey(product: Product, email: string, from: From = {}) {
  const browser = await owingCode(product, email, from)
  return { browser, options: requestOptionsIn((await browser.get(STEP_TWO)).html) }
}

export const answerPasskey = (browser: Browser, passkey: string) => browser.post(STEP_TWO, { passkey })
