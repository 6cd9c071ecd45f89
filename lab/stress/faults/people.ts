import { type EventKind, type Method, securityEvent } from '../../../app/identity/security-events.ts'
import { newSession } from '../../../app/identity/session.ts'
import { hashToken, newToken } from '../../../app/lib/tokens.ts'
import { accounts, events, pendingSignIns, sessions } from '../../../db/schema.ts'
import type { Browser } from '../../../testing/browser.ts'
import { PASSWORD, PENDING, SESSION } from '../../../testing/names.ts'
import { writtenPerson } from '../../../testing/written-people.ts'
import type { World } from './world.ts'

export type Person = Awaited<ReturnType<typeof makePerson>>

const ORIGIN = { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' }
const FIVE_MINUTES = 5 * 60_000
const A_DAY = 24 * 60 * 60_000

/**
 * An account with the given number of authenticators, and a browser signed in to it. Written directly, the way the product
 * would, so that none of their codes is used.
 */
export async function makePerson(world: World, authenticators: number) {
  const { db, vault, passwordHash } = world
  const at = new Date()
  const { write, ...person } = writtenPerson({ vault, passwordHash, at, authenticators })
  for (const statement of write(db)) await statement

  const { token, session } = newSession(
    { accountId: person.id, client: 'browser', method: 'password' },
    ORIGIN,
    at,
    A_DAY,
  )
  await db.insert(sessions).values(session)
  const changes = person.authenticators.map((_, index) => (index === 0 ? 'second_factor_on' : 'authenticator_added'))
  const happened = (kind: EventKind, method: Method | null = null) => securityEvent(kind, person.id, ORIGIN, at, method)
  await db
    .insert(events)
    .values([happened('signed_up'), happened('signed_in', 'password'), ...changes.map((kind) => happened(kind))])
  const browser = world.browser()
  browser.cookies.set(SESSION, token)
  return { ...person, browser }
}

/** A browser that gave the right password and owes the code. Written directly, so that no limit counts it. */
export async function owingCode(world: World, { email, id }: Pick<Person, 'email' | 'id'>): Promise<Browser> {
  const account = (await world.db.select().from(accounts)).find((row) => row.id === id)
  if (!account) throw new Error(`There is no account ${email}.`)
  const token = newToken(id)
  await world.db.insert(pendingSignIns).values({
    tokenHash: hashToken(token),
    accountId: id,
    securityVersion: account.securityVersion,
    attemptsLeft: 5,
    expiresAt: new Date(world.now().getTime() + FIVE_MINUTES),
  })
  const visiting = world.browser()
  visiting.cookies.set(PENDING, token)
  return visiting
}

/** Whether a code opens the account in a browser of its own. If it doesn't, `text` is what the page says. */
export async function codeAnswered(world: World, person: Pick<Person, 'email' | 'id'>, code: string) {
  const { status, location, text } = await (await owingCode(world, person)).post('/sign-in/two-factor', { code })
  if (status !== 422 && (status !== 303 || location?.startsWith('/sign-in')))
    throw new Error(`The code page answered ${status} ${location}`)
  return { letsIn: status === 303, text }
}

/** Where a right password leads, or undefined for a wrong one. */
export async function passwordLeads(world: World, { email }: Person, password = PASSWORD): Promise<string | undefined> {
  const { status, location } = await world.browser().post('/sign-in', { email, password })
  if (status === 422) return undefined
  if (location === null) throw new Error(`Sign-in answered ${status}.`)
  return location
}

export const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/')).status === 200
