// The product as tests run it: everything real but the clock and the network. Not part of what is built.
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { decodeBase32IgnorePadding } from '@oslojs/encoding'
import { eq, getTableName } from 'drizzle-orm'
import pg from 'pg'
import { type Database, openDatabase } from '#db/client.ts'
import { dialect } from '#db/columns.ts'
import * as schema from '#db/schema.ts'
import { createApp } from './app.ts'
import { type Settings, wire } from './deps.ts'
import { hashToken, newToken } from './lib/tokens.ts'
import { createVault, type Vault } from './lib/vault.ts'

export const BASE_URL = 'https://latchkey.test'
export const PASSWORD = 'violet kettle marches north'

export type Latchkey = Awaited<ReturnType<typeof latchkey>>

/** A database of its own: SQLite in memory, or a new one on the server of DATABASE_URL. Dropped by `close`. */
export async function testDatabase(): Promise<Database & { url: string }> {
  if (dialect === 'sqlite') {
    const database = openDatabase('file::memory:')
    await database.migrate()
    return { ...database, url: 'file::memory:' }
  }
  const server = process.env.DATABASE_URL ?? ''
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = async (statement: string) => {
    const client = new pg.Client(server)
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await admin(`create database ${name}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const database = openDatabase(url)
  await database.migrate()
  const close = async () => {
    await database.close()
    await admin(`drop database ${name} with (force)`)
  }
  return { ...database, url, close }
}

export const testVault = (): Vault => createVault([{ id: 't1', key: randomBytes(32) }])

/** A clock that stands still until it is told to go on. */
export function testClock(start = new Date('2026-03-01T12:00:10.000Z')) {
  let now = start.getTime()
  const advance = (ms: number) => {
    now += ms
  }
  return { now: () => new Date(now), advance }
}

/** The product over a database of its own. `faults` collects what the server would have reported. */
export async function latchkey(
  settings: Partial<Settings> = {},
  shared: { database?: Database; vault?: Vault; clock?: ReturnType<typeof testClock> } = {},
) {
  const database = shared.database ?? (await testDatabase())
  const vault = shared.vault ?? testVault()
  const clock = shared.clock ?? testClock()
  const defaults: Settings = {
    baseUrl: BASE_URL,
    issuer: 'Latchkey',
    passwordMinLength: 15,
    allowEndlessTokens: false,
    attemptsPerAddress: 0,
    sessionIdle: 60 * 60_000,
    sessionLifetime: 24 * 60 * 60_000,
    trustedProxies: [],
  }
  const deps = wire({ database, vault, settings: { ...defaults, ...settings }, now: clock.now })
  const faults: unknown[] = []
  const app = createApp(deps, (error) => faults.push(error))
  return {
    database,
    vault,
    clock,
    deps,
    app,
    faults,
    browser: (of: Visitor = {}) => browser(app, of),
    close: () => database.close(),
  }
}

type Visitor = { address?: string; userAgent?: string }
type Answer = { status: number; location: string | null; headers: Headers; html: string; text: string }

export type Browser = ReturnType<typeof browser>

/** Keeps cookies and posts forms as a browser with scripts off would. It follows no redirect: tests look at each. */
function browser(app: ReturnType<typeof createApp>, { address = '192.0.2.1', userAgent = FIREFOX }: Visitor) {
  const cookies = new Map<string, string>()
  const environment = { incoming: { socket: { remoteAddress: address }, rawHeaders: [] } }

  async function send(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers({ Host: new URL(BASE_URL).host, 'User-Agent': userAgent })
    if (cookies.size > 0) headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await app.request(path, { ...init, headers }, environment as never)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const name = pair.slice(0, pair.indexOf('='))
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, pair.slice(name.length + 1))
    }
    const html = await response.text()
    return {
      status: response.status,
      location: response.headers.get('Location'),
      headers: response.headers,
      html,
      text: textOf(html),
    }
  }

  return {
    cookies,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: (path: string, fields: Record<string, string> | string = {}, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Origin: BASE_URL,
          'Sec-Fetch-Site': 'same-origin',
          ...headers,
        },
      }),
    send,
  }
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

/** The code of a time step, computed here rather than by the library that the product uses (RFC 6238, RFC 4226 section 5.3). */
export function codeOf(key: string, at: Date, stepsAway = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / 30_000) + stepsAway))
  const mac = createHmac('sha1', Buffer.from(decodeBase32IgnorePadding(key)))
    .update(counter)
    .digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

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

/** A browser signed in to a new account with its second factor on; step T-1 is spent, T and T+1 are free. */
export async function withTwoFactor(product: Latchkey, visitor: Visitor = {}) {
  const { browser, email } = await signedUp(product, visitor)
  const { key, enrolment, codes } = await enrolling(product, browser)
  const done = await browser.post('/settings/two-factor/set-up/recovery-codes', { enrolment, saved: 'yes' })
  if (done.status !== 303) throw new Error(`Done answered ${done.status}: ${done.text}`)
  return { browser, email, key, codes }
}

/** Another browser of the account's owner, or of whoever knows the password, before the code. */
export async function owingCode(product: Latchkey, email: string, visitor: Visitor = {}) {
  const browser = product.browser(visitor)
  const answer = await browser.post('/sign-in', { email, password: PASSWORD })
  if (answer.location !== '/sign-in/two-factor') throw new Error(`sign-in answered ${answer.status}: ${answer.text}`)
  return browser
}

export const TOKENS_PAGE = '/settings/tokens'

/** What a person chooses on the page for a new access token, as its form sends it. */
export const tokenFields = (product: Latchkey, fields: Record<string, string> = {}): Record<string, string> => ({
  description: 'Nightly backup',
  expires_at: new Date(product.clock.now().getTime() + 90 * 24 * 60 * 60_000).toISOString().slice(0, 10),
  'scope-account-read': 'yes',
  ...fields,
})

/** Generates an access token through the pages; its value, and its id. */
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

/** Every row of every table by the table's name: to see that nothing changed, and that nothing secret is in it. */
export async function everyRow({ database }: Pick<Latchkey, 'database'>): Promise<Record<string, string[]>> {
  const tables = Object.values(schema).map(async (table) => {
    const rows = await database.db.select().from(table)
    return [getTableName(table), rows.map((row) => JSON.stringify(row)).sort()] as const
  })
  return Object.fromEntries(await Promise.all(tables))
}

export async function accountOf({ database }: Pick<Latchkey, 'database'>, email: string) {
  const [account] = await database.db.select().from(schema.accounts).where(eq(schema.accounts.email, email))
  if (!account) throw new Error(`There is no account ${email}.`)
  return account
}

/** The account's log, oldest first: `signed_in authenticator`, `code_wrong` and so on. */
export async function loggedEvents(product: Pick<Latchkey, 'database'>, email: string): Promise<string[]> {
  const { id } = await accountOf(product, email)
  const rows = await product.database.db.select().from(schema.events).where(eq(schema.events.accountId, id))
  return rows
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    .map(({ kind, method }) => (method ? `${kind} ${method}` : kind))
}

/** Browsers that each owe a code. Written by the store itself, because fifty right passwords are seconds of argon2id. */
export async function manyOwingCode(product: Latchkey, email: string, many: number, visitor: Visitor = {}) {
  const account = await accountOf(product, email)
  return await Promise.all(
    Array.from({ length: many }, async () => {
      const token = newToken(account.id)
      const pending = {
        tokenHash: hashToken(token),
        accountId: account.id,
        securityVersion: account.securityVersion,
        attemptsLeft: 5,
        expiresAt: new Date(product.clock.now().getTime() + 5 * 60_000),
      }
      await product.deps.signIns.startPending({ pending, forgiven: { delays: [] } })
      const visiting = product.browser(visitor)
      visiting.cookies.set('__Host-latchkey-pending', token)
      return visiting
    }),
  )
}

export const SESSION = '__Host-latchkey'
export const PENDING = '__Host-latchkey-pending'
export const ENROLMENT = '__Host-latchkey-enrolment'

export const SET_UP = '/settings/two-factor/set-up'
export const DONE = `${SET_UP}/recovery-codes`
export const RECOVERY_CODES_PAGE = '/settings/two-factor/recovery-codes'

/** Whoever holds a copy of the cookies as they are now. */
export function copyOf(product: Latchkey, browser: Browser, visitor: Visitor = {}): Browser {
  const copy = product.browser(visitor)
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
  return copy
}

export const answerCode = (browser: Browser, code: string) => browser.post('/sign-in/two-factor', { code })

/** Signs in with a code of either kind; the browser that is in then. */
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

/** Begins to replace the authenticator: the new key, and the enrolment's id. */
export async function replacing(browser: Browser) {
  await browser.post('/settings/two-factor/replace/confirm', { password: PASSWORD })
  return readEnrolPage((await browser.get('/settings/two-factor/replace')).html)
}
