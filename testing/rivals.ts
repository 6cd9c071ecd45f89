import { createHash, randomBytes } from 'node:crypto'
import { asc, eq, sql } from 'drizzle-orm'
import { createPasswords } from '#app/lib/passwords.ts'
import { hashToken } from '#app/lib/tokens.ts'
import { messageOf, openMail } from '#app/mail/mail.ts'
import { writeNotices } from '#app/mail/mailing.ts'
import * as schema from '#db/schema.ts'
import { codeOf } from './authenticator.ts'
import type { Browser, From } from './browser.ts'
import { builtReads } from './built-reads.ts'
import { followed, pageOf } from './mails.ts'
import { SESSION } from './names.ts'
import { pathIn } from './post-office.ts'
import { type Latchkey, latchkey } from './product.ts'

// Two people who both know an account's password. One of them holds the mailbox that it had first.

/** Salted, and as cheap as possible, because the stories test who gets in a million times. */
const digest = (salt: string, password: string) =>
  `${salt}.${createHash('sha256')
    .update(salt + password)
    .digest('hex')}`
const hash = async (password: string | Uint8Array) => digest(randomBytes(8).toString('hex'), `${password}`)
const verify = async (stored: string | Uint8Array, password: string | Uint8Array) =>
  digest(`${stored}`.split('.')[0] ?? '', `${password}`) === stored
const passwords = () => ({ ...createPasswords({ argon2: { hash, verify } }), needsRehash: () => false })

/** Mail reaches people: here, the story's mailboxes. Takes every password, because an estimate takes longer than a deed. */
export async function productOfRivals() {
  const product = await latchkey(
    { smtpUrl: 'smtp://127.0.0.1:9', passwordMinLength: 8 },
    { parts: { passwords: passwords(), passwordRules: { minLength: 8, refusal: async () => undefined } } },
  )
  return { ...product, browser: (of?: From) => ofPages(product.browser(of)) }
}

/** What no page could have sent is refused with 400 and does nothing: a story would go on, and its deed never be tried. */
function ofPages(browser: Browser): Browser {
  const post: Browser['post'] = async (path, ...sent) => {
    const answer = await browser.post(path, ...sent)
    if (answer.status === 400) throw new Error(`No page sends that to ${path}: ${JSON.stringify(sent)}`)
    return answer
  }
  return { ...browser, post }
}

/** `caused` is the person whose deed wrote it. */
export type BoxMail = { subject: string; path: string; caused: 'owner' | 'intruder' }

export type Person = {
  name: 'owner' | 'intruder'
  mailboxes: string[]
  /** Every password they ever knew, tried newest first. */
  passwords: string[]
  /** Keys of authenticators they hold. */
  keys: string[]
  browsers: Browser[]
  tokens: string[]
}

export type Rivals = Awaited<ReturnType<typeof rivals>>

const TABLES = [
  schema.accounts,
  schema.sessions,
  schema.factors,
  schema.recoveryCodes,
  schema.accessTokens,
  schema.events,
  schema.mails,
  schema.mailLinks,
  schema.trustedBrowsers,
  schema.knownBrowsers,
  schema.formerAddresses,
] as const
type Backup = Map<(typeof TABLES)[number], object[]>

const readsOf = builtReads((db) => ({
  account: db
    .select({ email: schema.accounts.email, passwordHash: schema.accounts.passwordHash })
    .from(schema.accounts)
    .where(eq(schema.accounts.id, sql.placeholder('id')))
    .prepare(),
  session: db
    .select({ id: schema.sessions.id })
    .from(schema.sessions)
    .where(eq(schema.sessions.tokenHash, sql.placeholder('hash')))
    .prepare(),
  mails: db.select().from(schema.mails).orderBy(asc(schema.mails.createdAt)).prepare(),
  links: db.select({ hash: schema.mailLinks.tokenHash }).from(schema.mailLinks).prepare(),
  tables: TABLES.map(
    (table) =>
      [
        table,
        db
          .select()
          .from(table as typeof schema.accounts)
          .prepare(),
      ] as const,
  ),
}))

let stories = 0
let pressed = 0
const A_MOMENT = 1000
const LOOKED_AT = 8 // one in this many links is opened first; the button alone is enough

/** A story's beginning: an account at `first`, confirmed, whose password both know; the intruder is in as well. */
export async function rivals(product: Latchkey) {
  const { database, clock, deps, vault } = product
  const { db } = database
  const story = stories++
  const [first, second, third] = ['a', 'b', 'c'].map((name) => `${name}${story}@example.com`) as [
    string,
    string,
    string,
  ]
  const password = 'as both of them know it'
  const person = (name: Person['name'], mailboxes: string[]): Person => ({
    ...{ name, mailboxes, passwords: [password], keys: [], browsers: [], tokens: [] },
  })
  const owner = person('owner', [first])
  const intruder = person('intruder', [second, third])
  const boxes = new Map<string, BoxMail[]>([first, second, third].map((address) => [address, []]))
  const from = (who: Person) => ({ address: who.name === 'owner' ? '192.0.2.1' : '203.0.113.66' })

  const reads = readsOf(database)

  await db.delete(schema.events)
  await db.delete(schema.accounts)
  await db.delete(schema.limits)

  let accountId: number | undefined
  const ours = async () => (await reads.account.execute({ id: accountId ?? 0 }))[0]

  /** Puts new mails into the mailboxes. Returns, by mailbox, the subjects of those about the account. */
  async function deliver(caused: Person['name']): Promise<Map<string, string[]>> {
    await writeNotices(deps)
    const rows = await reads.mails.execute()
    const arrived = new Map<string, string[]>()
    if (rows.length === 0) return arrived
    await db.delete(schema.mails)
    for (const row of rows) {
      const queued = openMail(vault, row)
      if (!queued) continue
      const message = messageOf(queued, deps.writeMail)
      const { to, subject } = message
      boxes.get(to)?.push({ subject, path: pathIn(message), caused })
      if (row.accountId === accountId) arrived.set(to, [...(arrived.get(to) ?? []), subject])
    }
    return arrived
  }

  /** Presses the link and its button, and says whether that did something. `fields` is what the form asks for. */
  async function press(who: Person, path: string, fields: Record<string, string> = {}, browser?: Browser) {
    clock.advance(A_MOMENT) // so its mail is the newest
    const by = browser ?? product.browser(from(who))
    if (pressed++ % LOOKED_AT === 0) await followed(by, path)
    else await by.get(path)
    return (await by.post(pageOf(path), fields)).status === 303
  }

  /** The one that works now, if they know it. In the ending they try them all. */
  async function likely({ passwords }: Person): Promise<string[]> {
    const stored = (await ours())?.passwordHash ?? ''
    const right = await Promise.all(passwords.map((password) => verify(stored, password)))
    return passwords.filter((_, index) => right[index]).slice(-1)
  }

  /** Signs in with any password and code they have, in a new browser or one that may be trusted. Returns the browser. */
  async function signIn(
    who: Person,
    email: string,
    { browser = product.browser(from(who)), trust = false, tries = undefined as string[] | undefined } = {},
  ) {
    for (const known of tries ?? (await likely(who))) {
      const answer = await browser.post('/sign-in', { email, password: known })
      if (answer.status !== 303) continue
      if (answer.location !== '/sign-in/two-factor') return browser
      for (const key of who.keys) {
        const fields = { code: codeOf(key, clock.now()), ...(trust && { trust: 'yes' }) }
        if ((await browser.post('/sign-in/two-factor', fields)).status === 303) return browser
      }
      return undefined
    }
    return undefined
  }

  /** Whether there is a session. A story asks for a page only to check a claim. */
  async function holdsSession({ cookies }: Browser): Promise<boolean> {
    return (await reads.session.execute({ hash: hashToken(cookies.get(SESSION) ?? '') })).length > 0
  }

  /** Somebody who owes new recovery codes is in as well. */
  const isIn = async (browser: Browser) => {
    const { status, location } = await browser.get('/settings/email')
    return status === 200 || (status === 303 && !location?.startsWith('/sign-in'))
  }

  /** The account's present address. */
  async function address(): Promise<string> {
    return (await ours())?.email ?? ''
  }

  /** The links that would be looked at, so a long story doesn't press hundreds that it knows are dead. */
  async function live<Link extends { path: string }>(links: Link[]): Promise<Link[]> {
    const rows = await reads.links.execute()
    const hashes = new Set(rows.map(({ hash }) => hash))
    return links.filter(({ path }) => hashes.has(hashToken(path.split('?token=')[1] ?? '')))
  }

  await product.browser(from(owner)).post('/sign-up', { email: first, password })
  accountId = (await db.select().from(schema.accounts))[0]?.id
  await deliver('owner')
  await press(owner, boxes.get(first)?.[0]?.path ?? '')
  clock.advance(1000)

  /** A guesser has many addresses, and all the time in the world. */
  async function forgetGuesses() {
    await db.delete(schema.limits)
  }

  async function backUp(): Promise<Backup> {
    const kept: Backup = new Map()
    for (const [table, all] of reads.tables) kept.set(table, await all.execute())
    return kept
  }

  async function putBack(backup: Backup) {
    await db.delete(schema.events)
    await db.delete(schema.accounts) // and everything that belongs to them
    for (const [table, rows] of backup)
      if (rows.length > 0) await db.insert(table as typeof schema.accounts).values(rows as never)
  }

  const world = { product, clock, first, owner, intruder, boxes, from }
  return { ...world, deliver, press, signIn, isIn, holdsSession, live, likely, address, forgetGuesses, backUp, putBack }
}
