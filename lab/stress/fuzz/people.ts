import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { type Method, securityEvent } from '../../../app/identity/security-events.ts'
import { newSession } from '../../../app/identity/session.ts'
import { hashToken } from '../../../app/lib/tokens.ts'
import { type LinkPayload, type LinkPurpose, newLink } from '../../../app/mail/links.ts'
import * as schema from '../../../db/schema.ts'
import {
  accountOf,
  adding,
  type Browser,
  enrolling,
  type Latchkey,
  manyOwingCode,
  newEmail,
  operator,
  PASSWORD,
  PENDING,
  readEnrolPage,
  replacing,
  signedUp,
  viewingCodes,
  withAnother,
  withToken,
  withTwoFactor,
} from '../../../testing/index.ts'
import { addClient } from '../../../testing/openid.ts'
import type { Form } from './scraped.ts'

/** A person in the middle of something, with everything they may know. The fuzzer sends what is theirs, or nearly. */
export type Person = {
  kind: Kind
  email: string
  cookies: Map<string, string>
  /** What opens the APIs. */
  bearer?: string | undefined
  /** From a sign-in through an API that owes its code. */
  challenge?: string | undefined
  key?: string | undefined
  /** From an enrolment through the API, as it was answered. */
  enrolment?: string | undefined
  codes: string[]
  /** Found in answers to them: ids of tokens, sessions, authenticators, events. */
  ids: Set<string>
  /** The same, by the path of the list that had them. */
  lists: Map<string, string[]>
  /** The forms on their pages, by the path they go to. */
  forms: Map<string, Form>
  /** The paths that their pages led to. */
  paths: Set<string>
  /** Where the link in a mail led, if they came by one. */
  page?: string | undefined
  /** Paths with a query that came from elsewhere: an app sends its visitors by one. */
  ways?: string[] | undefined
  requests: number
  /** Whether what they came with no longer opens anything. */
  isGone: boolean
}

export const KINDS = [
  ...(['stranger', 'plain', 'secured', 'owing', 'enrolling', 'saving', 'adding', 'replacing'] as const),
  ...(['confirming', 'moving', 'resetting', 'reporting', 'leaving', 'recovering', 'stopping'] as const),
  ...(['program', 'securedProgram', 'owingProgram', 'token', 'operator', 'manager', 'managingProgram'] as const),
]
export type Kind = (typeof KINDS)[number]

export const METRICS_TOKEN = 'q7Jm2vXc90TbLpZr4Ks8'
/** After this many requests, a new person takes their place and still has everything. One step uses much of it up. */
export const lifeOf = (kind: Kind): number => {
  if (/^(owing|confirming|moving|resetting|reporting|leaving|recovering|stopping)/.test(kind)) return 12
  return /^(enrolling|saving|adding|replacing)$/.test(kind) ? 25 : 60
}

const ORIGIN = { address: '192.0.2.9', browser: 'unknown_program', system: null }
const DAY = 24 * 60 * 60_000
const ALL_SCOPES = { 'scope-sessions-read': 'yes', 'scope-sessions-write': 'yes', 'scope-events-read': 'yes' }
const COOKIE_OF_LINKS = '__Host-latchkey-mail-link'

type Known = Partial<Pick<Person, 'bearer' | 'challenge' | 'key' | 'codes' | 'page' | 'ways' | 'paths'>>

const TRIES = 3 // a code from the end of its thirty seconds may come too late

/** Makes any person through the product itself: through pages, or stores where a page would cost a password hash. */
export async function newPerson(product: Latchkey, kind: Kind, tries = TRIES): Promise<Person> {
  try {
    const { email, browser, ...known } = await MAKERS[kind](product)
    const cookies = browser?.cookies ?? new Map<string, string>()
    const nothing = {
      codes: [],
      ids: new Set<string>(),
      lists: new Map(),
      forms: new Map(),
      paths: new Set<string>(),
      requests: 0,
      isGone: false,
    }
    return { kind, email, cookies, ...nothing, ...known }
  } catch (error) {
    if (tries <= 1) throw error
    return newPerson(product, kind, tries - 1)
  }
}

const MAKERS: Record<Kind, (product: Latchkey) => Promise<Made>> = {
  stranger: async () => ({ email: newEmail() }),
  plain: (product) => signedUp(product),
  secured,
  async owing(product) {
    const { email, key, codes } = await withTwoFactor(product)
    const [browser] = await manyOwingCode(product, email, 1)
    return { email, key, codes, browser }
  },
  async enrolling(product) {
    const { browser, email } = await signedUp(product)
    await browser.post('/settings/two-factor/set-up/confirm', { password: PASSWORD })
    return { browser, email, key: readEnrolPage((await browser.get('/settings/two-factor/set-up')).html).key }
  },
  async saving(product) {
    const { browser, email } = await signedUp(product)
    const { key, codes } = await enrolling(product, browser)
    return { browser, email, key, codes }
  },
  async adding(product) {
    const { browser, email, codes } = await withTwoFactor(product)
    return { browser, email, codes, key: (await adding(browser)).key }
  },
  async replacing(product) {
    const { browser, email, codes } = await withTwoFactor(product)
    return { browser, email, codes, key: (await replacing(browser)).key }
  },
  confirming: (product) => linked(product, 'confirm_email', (email) => ({ email })),
  moving: (product) => linked(product, 'change_email', () => ({ newEmail: newEmail(), securityVersion: 1 })),
  resetting: (product) => linked(product, 'reset_password'),
  reporting: (product) => linked(product, 'not_me', () => ({ kind: 'password_changed' })),
  async leaving(product) {
    const { browser, email } = await signedUp(product)
    await browser.post('/settings/account/delete', { password: PASSWORD })
    return holding(product, email, 'keep_account')
  },
  recovering: async (product) => {
    const { email } = await withTwoFactor(product)
    const { securityVersion } = await accountOf(product, email)
    return holding(product, email, 'lost_everything', { securityVersion })
  },
  stopping: async (product) => {
    const { email } = await withTwoFactor(product)
    const { id: accountId } = await accountOf(product, email)
    const now = new Date()
    const opensAt = new Date(now.getTime() + DAY)
    await product.database.db.insert(schema.recoveries).values({ accountId, begunAt: now, opensAt, ...ORIGIN })
    return holding(product, email, 'stop_recovery')
  },
  async program(product) {
    const { browser, email } = await signedUp(product)
    await withToken(product, browser)
    return { email, bearer: await apiSession(product, email, 'password') }
  },
  async securedProgram(product) {
    const { email, key, codes } = await withTwoFactor(product)
    return { email, key, codes, bearer: await apiSession(product, email, 'authenticator') }
  },
  async owingProgram(product) {
    const { email, key, codes } = await withTwoFactor(product)
    const challenge = await apiChallenge(product, email)
    return { email, key, codes, challenge, bearer: challenge }
  },
  /** Looks at the metrics. */
  operator: async () => ({ email: newEmail(), bearer: METRICS_TOKEN }),
  /** Runs the site: looks at all there is under /operate, and changes it. */
  manager: managing,
  async managingProgram(product) {
    const { email, key, codes } = await managing(product)
    return { email, key, codes, bearer: await apiSession(product, email, 'authenticator') }
  },
  async token(product) {
    const { browser, email } = await signedUp(product)
    return { email, bearer: (await withToken(product, browser, ALL_SCOPES)).value }
  },
}

type Made = Known & { email: string; browser?: Browser | undefined }

/** Everything an account can have: two authenticators, a token, and the recovery codes on view. */
async function secured(product: Latchkey): Promise<Made> {
  const { browser, email, key, codes } = await withTwoFactor(product)
  await withAnother(product, browser)
  await withToken(product, browser)
  await viewingCodes(browser)
  return { browser, email, key, codes }
}

/** An operator of a site with a group, somebody in it, and an invitation. */
async function managing(product: Latchkey) {
  const { browser, email, key, codes } = await operator(product)
  const group = `team-${randomUUID().slice(0, 8)}`
  await browser.post('/operate/groups', { name: group })
  await browser.post(`/operate/groups/${group}`, { account: email, until: '' })
  const invited = { email: '', role: 'member', groups: group, expires: '', ends: '', reason: '' }
  await browser.post('/operate/invitations/new', invited)
  const app = { name: group, title: '', hosts: `${group}.example.test`, groups: group, level: 'password', maxAge: '' }
  await browser.post('/operate/apps/new', { ...app, paths: '/a public', networks: '', takesTokens: 'yes', reason: '' })
  const to = encodeURIComponent(`https://${group}.example.test/a?b=c`)
  // Each has a client with a secret before its own, which others may have removed elsewhere.
  const ending = { previousHash: hashToken(group), previousUntil: new Date(Date.now() + DAY) }
  const client = `/operate/clients/named/${(await addClient(product, ending)).name}`
  const paths = new Set([`${client}/secret`, `${client}/end`])
  return { browser, email, key, codes, paths, ways: [`/gate/enter?to=${to}&n=${hashToken(group)}`] }
}

/** A person who pressed a link in a mail. */
async function linked(product: Latchkey, purpose: LinkPurpose, about?: (email: string) => LinkPayload): Promise<Made> {
  const { email } = await signedUp(product)
  return holding(product, email, purpose, about?.(email))
}

/** Only the newest link for a purpose works. */
async function holding(product: Latchkey, email: string, purpose: LinkPurpose, payload?: LinkPayload): Promise<Made> {
  const { id } = await accountOf(product, email)
  const { token, link } = newLink(product.vault, { accountId: id, purpose, ...(payload && { payload }) }, new Date())
  const { mailLinks } = schema
  await product.database.db.delete(mailLinks).where(and(eq(mailLinks.accountId, id), eq(mailLinks.purpose, purpose)))
  await product.database.db.insert(mailLinks).values(link)
  const browser = product.browser()
  browser.cookies.set(COOKIE_OF_LINKS, `${purpose}.${token}`)
  return { email, browser, page: PAGES[purpose] }
}

const PAGES: Record<LinkPurpose, string> = {
  confirm_email: '/mail/confirm-email',
  change_email: '/mail/change-email',
  reset_password: '/mail/reset-password',
  not_me: '/mail/not-me',
  keep_account: '/mail/keep-account',
  lost_everything: '/mail/lost-everything',
  stop_recovery: '/mail/stop-recovery',
}

async function apiSession(product: Latchkey, email: string, method: Method): Promise<string> {
  const { id, securityVersion } = await accountOf(product, email)
  const now = new Date()
  const { token, session } = newSession({ accountId: id, client: 'api', method }, ORIGIN, now, DAY)
  const nothing = { forgiven: { delays: [] }, known: undefined, trusted: undefined, stays: undefined }
  const event = securityEvent('signed_in', id, ORIGIN, now, method)
  if (!(await product.deps.signIns.signIn({ session, securityVersion, event, ...nothing })))
    throw new Error('The account changed while its owner signed in.')
  return token
}

async function apiChallenge(product: Latchkey, email: string): Promise<string> {
  const [browser] = await manyOwingCode(product, email, 1)
  const token = browser?.cookies.get(PENDING) ?? ''
  const { pendingSignIns } = schema
  await product.database.db
    .update(pendingSignIns)
    .set({ client: 'api' })
    .where(eq(pendingSignIns.tokenHash, hashToken(token)))
  return token
}
