import { randomUUID } from 'node:crypto'
import { DONE, SET_UP } from './names.ts'

// What a person does, whatever carries it: calls in this process, HTTP, or a browser that a test drives.

/** Keeps cookies, posts forms as the product's pages do, and follows no redirect. */
export type Client = {
  get(path: string): Promise<Answer>
  post(path: string, fields?: Fields): Promise<Answer>
}
export type Answer = { status: number; location: string | null; html: string }
export type Fields = Record<string, string>

/** What a person knows about their account. */
export type Account = { email: string; password: string }

export const newEmail = (): string => `ada.${randomUUID().slice(0, 13)}@example.com`

/** Sends a form that has to be taken; where the answer leads. */
export async function submit(client: Client, path: string, fields: Fields = {}): Promise<string> {
  const { status, location, html } = await client.post(path, fields)
  if (status !== 303) throw new Error(`POST ${path} answered ${status}: ${textOf(html)}`)
  return location ?? ''
}

export async function read(client: Client, path: string): Promise<string> {
  const { status, html } = await client.get(path)
  if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${textOf(html)}`)
  return html
}

export const signUp = (client: Client, { email, password }: Account): Promise<string> =>
  submit(client, '/sign-up', { email, password })

/** Password, and the code where one is owed. */
export async function signIn(client: Client, { email, password }: Account, code?: string): Promise<void> {
  const next = await submit(client, '/sign-in', { email, password })
  if ((next === CODE_PAGE) !== (code !== undefined)) throw new Error(`The password led to ${next}.`)
  if (code !== undefined) await submit(client, CODE_PAGE, { code })
}

/** Step 1 of the set-up: the key, the codes as displayed, and the enrolment's id. `codeFor` is the authenticator app. */
export async function beginSetUp(
  client: Client,
  { password }: Pick<Account, 'password'>,
  codeFor: (key: string) => string | Promise<string>,
) {
  await submit(client, `${SET_UP}/confirm`, { password })
  const { key, enrolment } = readEnrolPage(await read(client, SET_UP))
  await submit(client, SET_UP, { enrolment, code: await codeFor(key) })
  return { key, enrolment, codes: readCodes(await read(client, DONE)) }
}

/** The account that is signed in gets its second factor, by both steps. */
export async function setUp(...of: Parameters<typeof beginSetUp>) {
  const begun = await beginSetUp(...of)
  await submit(of[0], DONE, { enrolment: begun.enrolment, saved: 'yes' })
  return begun
}

export function readEnrolPage(html: string) {
  const uri = /href="(otpauth:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const key = URL.canParse(uri) ? (new URL(uri).searchParams.get('secret') ?? '') : ''
  const enrolment = /name="enrolment" value="([^"]+)"/.exec(html)?.[1] ?? ''
  if (!key || !enrolment) throw new Error('This is not the page of step 1.')
  return { uri, key, enrolment }
}

/** A recovery code as people see it: ten characters of Crockford's base32 (no i, l, o, u), in two groups. */
export const RECOVERY_CODE = /\b[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}\b/

export const readCodes = (html: string): string[] => html.match(new RegExp(RECOVERY_CODE, 'g')) ?? []

/** What a page says, as one line. */
export const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

const CODE_PAGE = '/sign-in/two-factor'
