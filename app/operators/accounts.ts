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

/** By what accounts are found, in the order in which they are listed. */
const FIELDS = ['email', 'username', 'name'] as const
export type Field = (typeof FIELDS)[number]
/** `key` is what the field is sorted by. */
type Place = { field: Field; key: string; id: number }

export type AccountListStore = {
  /** At most `atMost` accounts whose field begins so, in the order of `key` and `id`, after a place. A name is folded. */
  accountsBy(of: {
    field: Field
    beginning: string
    after: Pick<Place, 'key' | 'id'> | undefined
    atMost: number
  }): Promise<(ListedAccount & { key: string })[]>
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
/** Rows that are read where a page's worth wasn't enough: many in a row may have been found by another field before. */
const MANY = 500
const READS_AT_MOST = 8

export type AccountPage = { accounts: ListedAccount[]; next: string | undefined }

/**
 * A page of accounts: all of them by address, or those whose address, username or name begins as `search` says, each once.
 * `after` is the `next` of the page before. Undefined if it is none. A page is one read, except where one field ends.
 */
export async function listAccounts(
  { accountLists }: Pick<AccountsDeps, 'accountLists'>,
  { search = '', after: cursor }: { search?: string | undefined; after?: string | undefined },
): Promise<AccountPage | undefined> {
  let last = cursor === undefined ? undefined : readCursor(cursor)
  if (cursor !== undefined && !last) return undefined
  const typed = search.trim().toLowerCase()
  const beginnings = { email: typed, username: typed, name: folded(search.trim()) }
  const fields = typed === '' ? FIELDS.slice(0, 1) : FIELDS.slice(last ? FIELDS.indexOf(last.field) : 0)
  const accounts: ListedAccount[] = []
  let reads = 0
  for (const field of fields)
    for (let atMost = PER_PAGE + 1, isMore = true; isMore; atMost = MANY) {
      if (reads++ === READS_AT_MOST) return { accounts, next: last && writeCursor(last) }
      const after = last?.field === field ? last : undefined
      const rows = await accountLists.accountsBy({ field, beginning: beginnings[field], after, atMost })
      for (const { key, ...account } of rows) {
        const isNew = !isListedBefore(field, account, typed)
        if (isNew && accounts.length === PER_PAGE) return { accounts, next: last && writeCursor(last) }
        if (isNew) accounts.push(account)
        last = { field, key, id: account.id }
      }
      isMore = rows.length === atMost
    }
  return { accounts, next: undefined }
}

const isListedBefore = (field: Field, { email, username }: ListedAccount, typed: string): boolean =>
  (field !== 'email' && email.startsWith(typed)) || (field === 'name' && username.startsWith(typed))

const writeCursor = ({ field, key, id }: Place) => Buffer.from(`${field} ${id} ${key}`).toString('base64url')

function readCursor(cursor: string): Place | undefined {
  const text = Buffer.from(cursor, 'base64url').toString()
  const [, word, id, key] = /^(\w+) (\d{1,16}) ([^\0\uFFFD]{1,512})$/s.exec(text) ?? []
  const field = FIELDS.find((each) => each === word)
  return field && id && key ? { field, key, id: Number(id) } : undefined
}

/** One account and what it has. Undefined if nobody goes by that address or username. */
export async function showAccount(deps: AccountsDeps, name: string): Promise<AccountDetails | undefined> {
  const owner = await ownerNamed(deps, name)
  if (!owner) return undefined
  const now = deps.now()
  const seenAfter = new Date(now.getTime() - deps.sessionIdle)
  return deps.accountLists.detailsOf(owner.id, { now, seenAfter, events: EVENTS })
}
