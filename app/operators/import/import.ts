import { named, type UsernameStore, withUsername } from '../../account/usernames.ts'
import { lookOf } from '../../lib/username.ts'
import type { Vault } from '../../lib/vault.ts'
import type { TakenAddressStore } from '../../mail/taken-addresses.ts'
import type { Acting } from '../acting.ts'
import { createGroup, type GroupDeps } from '../groups.ts'
import { ownerNamed } from '../owners.ts'
import { type ImportedAccountStore, importedAccount } from './account.ts'
import { type Person, type ReadPerson, type Refusal, readPerson } from './people.ts'

export type ImportDeps = GroupDeps & {
  importedAccounts: ImportedAccountStore
  accounts: Pick<TakenAddressStore, 'holderOf'>
  usernames: UsernameStore
  factorKinds: Parameters<typeof readPerson>[0]['factorKinds']
  vault: Vault
}

/** A row of a file: `at` is where it stands, `name` what it calls the person. */
export type Row = { at: string; name: string } & ({ person: Person } | { refusal: Refusal })

/** What became of a row, or would. */
export type ImportedRow = { at: string; name: string } & (
  | { outcome: 'made' | 'there_already'; person: ReadPerson }
  | { outcome: 'refused'; refusal: Refusal }
)

export type Import = { rows: ImportedRow[]; groupsMade: string[] }

/**
 * Makes an account of each row that can be one, and says of the others why not. Each account is made whole or not at all, so that an
 * import may be stopped and run again: what is there by then stays as it is. Without `write` nothing is made. `tell` hears each row.
 */
export async function importAccounts(
  deps: ImportDeps,
  rows: Row[],
  { write }: { write: boolean },
  by: Acting,
  tell: (row: ImportedRow) => void = () => {},
): Promise<Import> {
  const seen: Seen = { emails: new Map(), looks: new Map() }
  const groups: Groups = { ids: new Map(), made: [] }
  const done: ImportedRow[] = []
  for (const row of rows) {
    const { at, name } = row
    const judged = await importRow(deps, row, { write, seen, groups, by })
    const became = { at, name, ...judged }
    done.push(became)
    tell(became)
  }
  return { rows: done, groupsMade: groups.made }
}

/** Where in the file the address and the look of the username of each account stand. */
type Seen = { emails: Map<string, string>; looks: Map<string, string> }
/** By their names, as far as rows needed them. Until they are made, they have no id. */
type Groups = { ids: Map<string, string>; made: string[] }
type Round = { write: boolean; seen: Seen; groups: Groups; by: Acting }
type Verdict = { outcome: 'made' | 'there_already'; person: ReadPerson } | { outcome: 'refused'; refusal: Refusal }

const refused = (refusal: Refusal): Verdict => ({ outcome: 'refused', refusal })

async function importRow(deps: ImportDeps, row: Row, { write, seen, groups, by }: Round): Promise<Verdict> {
  if ('refusal' in row) return refused(row.refusal)
  const read = readPerson(deps, row.person, deps.now())
  if (!read.ok) return refused(read.refusal)
  const { person } = read
  const earlier = seenBefore(seen, person)
  if (earlier) return refused(earlier)
  let there = await whoIsThere(deps, person)
  if (there === 'nobody') {
    await findGroups(deps, groups, person, write, by)
    if (write && !(await make(deps, person, groups, by))) there = await whoCameFirst(deps, person)
  }
  if (there !== 'nobody' && there !== 'the_same') return refused({ reason: there })
  seen.emails.set(person.email, row.at)
  if (person.username !== undefined) seen.looks.set(lookOf(person.username), row.at)
  return { outcome: there === 'nobody' ? 'made' : 'there_already', person }
}

function seenBefore({ emails, looks }: Seen, { email, username }: ReadPerson): Refusal | undefined {
  const sameEmail = emails.get(email)
  if (sameEmail !== undefined) return { reason: 'same_email', about: sameEmail }
  const sameName = username === undefined ? undefined : looks.get(lookOf(username))
  return sameName === undefined ? undefined : { reason: 'same_username', about: sameName }
}

/** Who has what the row asks for: an account with the address and no other username is the row's own. */
async function whoIsThere(
  deps: ImportDeps,
  { email, username }: ReadPerson,
): Promise<'nobody' | 'the_same' | 'email_taken' | 'username_taken'> {
  const now = deps.now()
  const look = username === undefined ? undefined : lookOf(username)
  const holder = await deps.accounts.holderOf(email, now)
  const taken = look === undefined ? [] : await deps.usernames.takenLooks([look], now)
  const owner = await ownerNamed(deps, email) // last: what stands in the way may be the row's own, made at this moment
  if (owner) return username === undefined || owner.username === username ? 'the_same' : 'email_taken'
  if (holder) return 'email_taken'
  return taken.length > 0 ? 'username_taken' : 'nobody'
}

/** Where it was refused and nobody has the address, there was no username left that suits it. */
async function whoCameFirst(deps: ImportDeps, person: ReadPerson) {
  const there = await whoIsThere(deps, person)
  return there === 'nobody' ? 'username_taken' : there
}

/** Those that the person is to be in and that aren't there yet are made. */
async function findGroups(deps: ImportDeps, groups: Groups, person: ReadPerson, write: boolean, by: Acting) {
  const unknown = () => person.groups.map(({ name }) => name).filter((name) => !groups.ids.has(name))
  const find = async () => {
    for (const { id, name } of await deps.groups.groupsNamed(unknown())) groups.ids.set(name, id)
  }
  await find()
  for (const name of unknown()) {
    const isMade = !write || (await createGroup(deps, name, by)).ok // or somebody was faster
    if (isMade && !groups.made.includes(name)) groups.made.push(name)
  }
  await find()
}

/** False if somebody has taken the address or the username meanwhile. */
async function make(deps: ImportDeps, person: ReadPerson, { ids }: Groups, by: Acting): Promise<boolean> {
  const rows = importedAccount(deps, person, ids, by)
  const { username, email } = person
  const write = (name: ReturnType<typeof named>) =>
    deps.importedAccounts.importAccount({ ...rows, account: { ...rows.account, ...name } })
  return username === undefined ? await withUsername(deps, email, write) : await write(named(username))
}
