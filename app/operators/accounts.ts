import type { Client } from '../identity/visitor.ts'
import { folded } from '../lib/folded.ts'
import type { Origin } from '../lib/origin.ts'
import { type OwnerDeps, ownerNamed } from './owners.ts'

// What operators see of accounts: never a password, a key, a code or the value of a token.

export type ListedAccount = Readonly<{
  id: number
  email: string
  username: string
  displayName: string | null
  role: 'member' | 'operator'
  suspendedAt: Date | null
  endsAt: Date | null
  createdAt: Date
}>

/** By what an account was found: 0 its address, 1 its username, 2 its name. It is listed by the first that begins as was typed. */
type Found = ListedAccount & { place: number; key: string }
/** Where a page ended. */
type Place = { key: string; id: number }

export type AccountListStore = {
  /** The `atMost` accounts after an address, in the order of addresses. */
  accountsAfter(email: string, atMost: number): Promise<ListedAccount[]>
  /** Whatever begins so, in the order of `key`, `id` and `place`. `name` is folded. */
  accountsBeginning(of: { beginning: string; name: string; after: Place | undefined; atMost: number }): Promise<Found[]>
  detailsOf(accountId: number, of: { now: Date; seenAfter: Date; events: number }): Promise<AccountDetails | undefined>
}

type Session = Origin & { id: string; client: Client; startedAt: Date; lastSeenAt: Date; expiresAt: Date }
type Factor = { kind: string; name: string; addedAt: Date; lastUsedAt: Date | null }
type Token = { id: string; description: string; createdAt: Date; expiresAt: Date | null; lastUsedAt: Date | null }
type Membership = { name: string; until: Date | null }
type Event = Origin & { kind: string; at: Date; actor: 'operator' | null; reason: string | null }

export type AccountDetails = {
  account: ListedAccount & {
    emailConfirmedAt: Date | null
    passwordChangedAt: Date
    tokensFrozenAt: Date | null
    suspendedFor: string | null
    deleteAt: Date | null
  }
  sessions: Session[]
  factors: Factor[]
  recoveryCodesLeft: number
  tokens: Token[]
  groups: Membership[]
  events: Event[]
}

export type AccountsDeps = OwnerDeps & { accountLists: AccountListStore; sessionIdle: number; now(): Date }

const PER_PAGE = 50
const EVENTS = 20

export type AccountPage = { accounts: ListedAccount[]; next: string | undefined }

/**
 * A page of accounts: all of them by address, or those whose address, username or name begins as `search` says. `after` is the
 * `next` of the page before. Undefined if it is none.
 */
export async function listAccounts(
  { accountLists }: Pick<AccountsDeps, 'accountLists'>,
  { search = '', after: cursor }: { search?: string | undefined; after?: string | undefined },
): Promise<AccountPage | undefined> {
  const after = cursor === undefined ? undefined : readCursor(cursor)
  if (cursor !== undefined && !after) return undefined
  const name = folded(search.trim())
  if (name === '') {
    const found = await accountLists.accountsAfter(after?.key ?? '', PER_PAGE + 1)
    return pageOf(
      found.map((account) => ({ account, place: { key: account.email, id: account.id } })),
      found.length,
    )
  }
  const beginning = search.trim().toLowerCase()
  const found = await accountLists.accountsBeginning({ beginning, name, after, atMost: 2 * PER_PAGE + 1 })
  const rows = found
    .filter((row) => row.place === firstPlace(row, beginning))
    .map(({ place: _, key, ...account }) => ({ account, place: { key, id: account.id } }))
  const isFull = found.length > 2 * PER_PAGE
  const last = found.at(-1)
  // All on the page may be listed elsewhere by another field, and there may still be more.
  if (rows.length <= PER_PAGE && isFull && last)
    return { accounts: rows.map(({ account }) => account), next: writeCursor({ key: last.key, id: last.id }) }
  return pageOf(rows, rows.length)
}

/** So an account that two fields find is on the list once. */
const firstPlace = ({ email, username }: Found, beginning: string) =>
  email.startsWith(beginning) ? 0 : username.startsWith(beginning) ? 1 : 2

function pageOf(rows: { account: ListedAccount; place: Place }[], found: number): AccountPage {
  const shown = rows.slice(0, PER_PAGE)
  const last = shown.at(-1)
  const next = found > PER_PAGE && last ? writeCursor(last.place) : undefined
  return { accounts: shown.map(({ account }) => account), next }
}

const writeCursor = ({ key, id }: Place) => Buffer.from(`${id} ${key}`).toString('base64url')

function readCursor(cursor: string): Place | undefined {
  const [, id, key] = /^(\d{1,16}) ([^\0\uFFFD]{1,512})$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  return id && key ? { key, id: Number(id) } : undefined
}

/** One account and what it has. Undefined if nobody goes by that address or username. */
export async function showAccount(deps: AccountsDeps, name: string): Promise<AccountDetails | undefined> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return undefined
  const now = deps.now()
  const seenAfter = new Date(now.getTime() - deps.sessionIdle)
  return deps.accountLists.detailsOf(owner.id, { now, seenAfter, events: EVENTS })
}
