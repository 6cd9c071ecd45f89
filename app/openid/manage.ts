import { randomBytes } from 'node:crypto'
import { type AppStore, valuesOf as valuesOfApp } from '../gate/apps.ts'
import { asWritten as appAsWritten } from '../gate/written-app.ts'
import { secondsIn } from '../gate/written-rules.ts'
import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import { hashToken, newId } from '../lib/tokens.ts'
import type { Acting } from '../operators/acting.ts'
import { GROUP_NAME } from '../operators/groups.ts'
import type { ClientRow } from './clients.ts'
import {
  asWritten,
  type ClientChange,
  type ClientValues,
  type ClientWrong,
  changed,
  clientIn,
  type GroupClaim,
  inOrder,
  NEW_CLIENT,
  type WrittenClient,
} from './written-client.ts'

const PAGE = 50
const A_DAY = 24 * 60 * 60 // seconds

type AppOf = Pick<ClientValues, 'name' | 'title' | 'level' | 'maxAge'> & { id: string }

/** A client with its app, as the store reads it. */
export type KeptClient = Readonly<
  Omit<ClientRow, 'appId'> &
    AppOf & {
      /** Of its app: another one after each change. */
      revision: string
      hosts: readonly Readonly<{ host: string }>[]
      groups: readonly Readonly<{ name: string }>[]
      claims: readonly Readonly<GroupClaim>[]
    }
>

type Rows = Omit<ClientRow, 'appId' | 'name' | 'title' | 'uris'> & {
  redirects: string[]
  signedOut: string[]
  claims: { groupId: string; claim: string; value: string }[]
}
type Written = { app: AppOf & { groupIds: string[] }; client: Rows; events: OperatorsEvent[] }

type Before = Pick<KeptClient, 'revision' | 'secretHash' | 'previousHash'>

export type ClientStore = {
  /**
   * With its app, if there `was` none; else that is its revision. False if there is a client of that name, its app is gone or in another
   * revision, or a group is gone.
   */
  createClient(of: Written & { was: string | undefined }): Promise<boolean>
  /**
   * False if the client or a group is gone, or its app or its secrets are no longer as `before`. `endsAll`: what was signed in to by it
   * ends.
   */
  changeClient(of: Written & { before: Before; endsAll: boolean }): Promise<boolean>
  /** With its app where that has no host. False if there is none. */
  removeClient(of: { appId: string; events: OperatorsEvent[] }): Promise<boolean>
  /** False if `before` is no longer its secret. */
  rotateSecret(of: {
    appId: string
    before: string | null
    secretHash: string
    previousHash: string | null
    previousUntil: Date | null
    event: OperatorsEvent
  }): Promise<boolean>
  /** False if it has none that still works. */
  endOldSecret(of: { appId: string; at: Date; event: OperatorsEvent }): Promise<boolean>
  listClients(of: { after: string | undefined; most: number }): Promise<KeptClient[]>
  clientNamed(name: string): Promise<KeptClient | undefined>
}

export type ClientDeps = {
  clients: ClientStore
  apps: Pick<AppStore, 'appNamed'>
  groups: { groupsNamed(names: string[]): Promise<{ id: string; name: string }[]> }
  baseUrl: string
  now(): Date
}

/** A client as operators see it. */
export type Client = ClientValues & {
  /** Of its app, where it stands behind the gate as well. */
  hosts: string[]
  createdAt: Date
  /** Until then, the secret before the present one still works; null: it doesn't. */
  previousUntil: Date | null
}

/** `secret` is there if a new one was made. It is shown once: we keep its hash. */
export type ClientWritten = { ok: true; client: Client; secret: string | undefined }
type Refused = { ok: false; wrong: ClientWrong[] }
const NO_SUCH = { ok: false, wrong: 'no_such_client' } as const

/** What is left out is as `NEW_CLIENT` says, and of the app as it is where there is one of that name; else one is made. */
export async function createClient(
  deps: ClientDeps,
  written: ClientChange & { name: string },
  by: Acting,
): Promise<ClientWritten | Refused> {
  const app = GROUP_NAME.test(written.name) ? await deps.apps.appNamed(written.name) : undefined
  const asIs = app ? appAsWritten(valuesOfApp(app)) : {}
  const { title, groups, level, maxAge } = { ...NEW_CLIENT, ...asIs }
  const whole = changed({ ...NEW_CLIENT, title, groups, level, maxAge, name: written.name }, written)
  const found = await judged(deps, whole)
  if (!found.ok) return found
  if (await named(deps, written.name)) return refused('name', written.name, 'there_already')
  const at = deps.now()
  const secret = found.client.auth === 'client_secret' ? newSecret() : undefined
  const id = app?.id ?? newId()
  const rows = rowsOf(found, {
    secretHash: secret === undefined ? null : hashToken(secret),
    ...{ previousHash: null, previousUntil: null, createdAt: at },
    pairwiseSalt: null,
  })
  const events = [
    ...(app ? [] : [operatorsEvent('app_created', written.name, { by, at })]),
    operatorsEvent('client_created', written.name, { by, at }),
  ]
  const of = { app: { ...found.app, id }, client: rows, events, was: app?.revision }
  if (!(await deps.clients.createClient(of))) return createClient(deps, written, by) // something went or came meanwhile: look again
  const hosts = app?.hosts.map(({ host }) => host) ?? []
  return { ok: true, client: { ...found.client, hosts, createdAt: at, previousUntil: null }, secret }
}

export async function changeClient(
  deps: ClientDeps,
  name: string,
  change: ClientChange,
  by: Acting,
): Promise<ClientWritten | Refused | typeof NO_SUCH> {
  const kept = await named(deps, name)
  if (!kept) return NO_SUCH
  const before = valuesOf(kept, deps.now())
  const found = await judged(deps, changed(asWritten(before), change))
  if (!found.ok) return found
  const at = deps.now()
  const keepsSecret = found.client.auth === 'client_secret'
  const secret = keepsSecret && kept.secretHash === null ? newSecret() : undefined
  const rows = rowsOf(found, {
    secretHash: keepsSecret ? (kept.secretHash ?? hashToken(secret ?? '')) : null,
    previousHash: keepsSecret ? kept.previousHash : null,
    previousUntil: keepsSecret ? kept.previousUntil : null,
    createdAt: kept.createdAt,
    pairwiseSalt: kept.pairwiseSalt,
  })
  const events = [operatorsEvent('client_changed', name, { by, at })]
  const app = { ...found.app, id: kept.id }
  // What it was given, nobody was asked for. A kept token would bring more than they allow now.
  const endsAll = found.client.isThirdParty > kept.isThirdParty
  const isChanged = await deps.clients.changeClient({ app, client: rows, events, before: kept, endsAll })
  if (!isChanged) return changeClient(deps, name, change, by)
  const { hosts, createdAt } = before
  const previousUntil = keepsSecret ? before.previousUntil : null
  return { ok: true, client: { ...found.client, hosts, createdAt, previousUntil }, secret }
}

/**
 * Ends whatever was signed in to by it. An app that stands behind the gate stays there; one that has no host goes with its client, as
 * nothing is left of it.
 */
export async function removeClient(
  deps: Pick<ClientDeps, 'clients' | 'now'>,
  name: string,
  by: Acting,
): Promise<{ ok: true; isAppGone: boolean } | typeof NO_SUCH> {
  const kept = await named(deps, name)
  if (!kept) return NO_SUCH
  const isAppGone = kept.hosts.length === 0
  const at = deps.now()
  const events = [
    operatorsEvent('client_removed', name, { by, at }),
    ...(isAppGone ? [operatorsEvent('app_deleted', name, { by, at })] : []),
  ]
  return (await deps.clients.removeClient({ appId: kept.id, events })) ? { ok: true, isAppGone } : NO_SUCH
}

/** A new secret. The one before works for `keepFor` (`24h`; `0`: no longer), which is a day if left out. */
export async function rotateSecret(
  deps: Pick<ClientDeps, 'clients' | 'now'>,
  name: string,
  by: Acting,
  keepFor = '',
): Promise<
  | { ok: true; secret: string; previousUntil: Date | null }
  | typeof NO_SUCH
  | { ok: false; wrong: 'has_no_secret' | 'no_time' }
> {
  const seconds = keepFor.trim() === '' ? A_DAY : keepFor.trim() === '0' ? 0 : secondsIn(keepFor.trim())
  if (seconds === undefined) return { ok: false, wrong: 'no_time' }
  const kept = await named(deps, name)
  if (!kept) return NO_SUCH
  if (kept.authMethod !== 'client_secret') return { ok: false, wrong: 'has_no_secret' }
  const at = deps.now()
  const secret = newSecret()
  const isKept = seconds > 0 && kept.secretHash !== null
  const previousUntil = isKept ? new Date(at.getTime() + seconds * 1000) : null
  const isRotated = await deps.clients.rotateSecret({
    appId: kept.id,
    before: kept.secretHash,
    secretHash: hashToken(secret),
    previousHash: isKept ? kept.secretHash : null,
    previousUntil,
    event: operatorsEvent('client_secret_rotated', name, { by, at }),
  })
  return isRotated ? { ok: true, secret, previousUntil } : rotateSecret(deps, name, by, keepFor)
}

/** The secret before the present one no longer works. */
export async function endOldSecret(
  deps: Pick<ClientDeps, 'clients' | 'now'>,
  name: string,
  by: Acting,
): Promise<{ ok: true } | typeof NO_SUCH | { ok: false; wrong: 'has_no_old_secret' }> {
  const kept = await named(deps, name)
  if (!kept) return NO_SUCH
  const at = deps.now()
  const event = operatorsEvent('client_old_secret_ended', name, { by, at })
  const isEnded = await deps.clients.endOldSecret({ appId: kept.id, at, event })
  return isEnded ? { ok: true } : { ok: false, wrong: 'has_no_old_secret' }
}

/** Whether it is the present one, and not one that was replaced meanwhile. */
export const isSecretOf = async (deps: Pick<ClientDeps, 'clients'>, name: string, secret: string): Promise<boolean> =>
  (await named(deps, name))?.secretHash === hashToken(secret)

type Reading = Pick<ClientDeps, 'clients' | 'now'>

/** Fifty at a time, by name. `next` is where the next page begins. */
export async function listClients({ clients, now }: Reading, after?: string) {
  if (after !== undefined && !GROUP_NAME.test(after)) return { clients: [], next: undefined }
  const rows = await clients.listClients({ after, most: PAGE + 1 })
  const page = rows.slice(0, PAGE).map((row) => valuesOf(row, now()))
  return { clients: page, next: rows.length > PAGE ? page.at(-1)?.name : undefined }
}

export async function clientNamed(deps: Reading, name: string): Promise<Client | undefined> {
  const kept = await named(deps, name)
  return kept && valuesOf(kept, deps.now())
}

/** 256 random bits, so an unsalted fast hash of it is enough. */
const newSecret = () => randomBytes(32).toString('base64url')

/** What is no name is asked of no database: PostgreSQL takes no NUL in a text. */
const named = async ({ clients }: Pick<ClientDeps, 'clients'>, name: string) =>
  GROUP_NAME.test(name) ? await clients.clientNamed(name) : undefined

const refused = (field: ClientWrong['field'], value: string, reason: ClientWrong['reason']): Refused => ({
  ok: false,
  wrong: [{ field, at: 0, value, reason }],
})

function valuesOf(kept: KeptClient, at: Date): Client {
  const uris = (purpose: string) => kept.uris.filter((of) => of.purpose === purpose).map(({ uri }) => uri)
  const { name, title, level, maxAge, jwks, jwksUri, needsPkce, isThirdParty, isStrict, usesDeviceFlow } = kept
  const client = {
    ...{ name, title, level, maxAge, jwks, jwksUri, needsPkce, isThirdParty, isStrict, usesDeviceFlow },
    groups: kept.groups.map((group) => group.name),
    ...{ redirects: uris('redirect'), signedOut: uris('signed_out'), backchannel: kept.backchannelUri },
    ...{ auth: kept.authMethod, alg: kept.signingAlg, claims: [...kept.claims] },
    isPairwise: kept.pairwiseSalt === null ? 0 : 1,
  } as const
  const { createdAt } = kept
  const previousUntil = kept.previousUntil && kept.previousUntil > at ? kept.previousUntil : null
  return { ...inOrder(client), hosts: kept.hosts.map(({ host }) => host), createdAt, previousUntil }
}

type Judged = { client: ClientValues; app: Omit<AppOf, 'id'> & { groupIds: string[] }; groupIds: Map<string, string> }

/** What is written, and what the database says of it. */
async function judged(deps: ClientDeps, written: WrittenClient): Promise<({ ok: true } & Judged) | Refused> {
  const read = clientIn(written, deps)
  if (!read.ok) return read
  const { client } = read
  const all = [...new Set([...client.groups, ...client.claims.map(({ group }) => group)])]
  const groupIds = new Map((await deps.groups.groupsNamed(all)).map(({ name, id }) => [name, id]))
  const missing = (field: 'groups' | 'claims', lines: readonly string[]): ClientWrong[] =>
    lines.flatMap((line, at) => {
      const group = line.trim().split(/\s+/)[0] ?? ''
      return groupIds.has(group) ? [] : [{ field, at, value: group, reason: 'no_such_group' }]
    })
  const wrong = [...missing('groups', written.groups), ...missing('claims', written.claims)]
  if (wrong.length > 0) return { ok: false, wrong }
  const { name, title, level, maxAge } = client
  const app = { name, title, level, maxAge, groupIds: client.groups.flatMap((group) => groupIds.get(group) ?? []) }
  return { ok: true, client, app, groupIds }
}

function rowsOf(
  { client, groupIds }: Judged,
  kept: Pick<Rows, 'secretHash' | 'previousHash' | 'previousUntil' | 'createdAt' | 'pairwiseSalt'>,
): Rows {
  const { auth, alg, backchannel, jwks, jwksUri, needsPkce, isThirdParty, isStrict, usesDeviceFlow } = client
  return {
    ...kept,
    ...{ authMethod: auth, signingAlg: alg, backchannelUri: backchannel, jwks, jwksUri },
    ...{ needsPkce, isThirdParty, isStrict, usesDeviceFlow },
    pairwiseSalt: client.isPairwise ? (kept.pairwiseSalt ?? newSecret()) : null,
    ...{ redirects: client.redirects, signedOut: client.signedOut },
    claims: client.claims.map(({ group, claim, value }) => ({ groupId: groupIds.get(group) ?? '', claim, value })),
  }
}
