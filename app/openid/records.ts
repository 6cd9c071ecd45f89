import type { Adapter, AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import { hashToken } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'
import { type ClientRow, metadataOf } from './clients.ts'

/** A record as it is stored. Its name is the SHA-256 of its kind and of what whoever holds it shows. */
export type RecordRow = {
  id: string
  kind: string
  sessionId: string | null
  appId: string | null
  grantId: string | null
  uidHash: string | null
  payload: string
  consumedAt: Date | null
  expiresAt: Date
}
type Kept = Readonly<Pick<RecordRow, 'id' | 'payload' | 'sessionId' | 'consumedAt'>>

export type RecordStore = {
  clientNamed(name: string): Promise<ClientRow | undefined>
  record(id: string): Promise<Kept | undefined>
  recordByUid(uidHash: string): Promise<Kept | undefined>
  /** False if its session or its client is gone. */
  putRecord(row: RecordRow): Promise<boolean>
  /**
   * With the session and the client of its grant. `signIn`: the session has signed in there; `usedAt`: the client has come back. False if
   * the grant is gone.
   */
  putFromGrant(
    row: RecordRow & { grantId: string },
    of: { signIn?: { subject: string; sid: string; scopes: string; startedAt: Date }; usedAt?: Date },
  ): Promise<boolean>
  /** False if it is another one by now than `was`. */
  changeRecord(id: string, was: string, payload: string): Promise<boolean>
  /** True for the one that comes first. */
  consume(id: string, at: Date): Promise<boolean>
  destroyRecord(id: string): Promise<void>
  revokeGrant(grantId: string): Promise<void>
  /** All that a client has in a session: its person has signed out there. */
  leaveClient(of: { sessionId: string; appId: string }): Promise<void>
}

/** Of the request in hand: whose portal session it came with, and the app of its client. */
export type Here = { sessionId: string; appId: string | undefined } | undefined

export type RecordDeps = {
  openid: RecordStore
  vault: Vault
  now(): Date
  /** The request in hand. */
  current(): KoaContextWithOIDC | undefined
  here(ctx: KoaContextWithOIDC): Promise<Here>
  /** Ends the portal's session of the request: its person has said yes at the page that asks. */
  signOut(ctx: KoaContextWithOIDC): Promise<void>
  /** What the library is told of something that isn't there any more. */
  gone(): Error
}

export const RECORD: SealedAs = { purpose: 'openid-record', place: (id) => `openid_records ${id}` }

/** What the row of a record is called. */
export const recordId = (kind: string, name: string): string => hashToken(`${kind} ${name}`)

/** Of what a session has, and of what one client has in it. */
const OF_SESSION: ReadonlySet<string> = new Set(['Session', 'Grant'])
const SIGNS_IN: ReadonlySet<string> = new Set(['AuthorizationCode', 'DeviceCode'])

/** Whether somebody signs out at the client that sent them, and stays signed in here. */
export const leavesClient = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc?.route === 'end_session_confirm' && !oidc.params?.logout

/**
 * Where the OpenID provider keeps its things. Each that was made for a session ends with it, in whatever way that ends, and whatever can
 * be used once is used once: the row is the guard.
 */
export function recordsOf(deps: RecordDeps): (kind: string) => Adapter {
  const { openid, vault, now } = deps
  const read = new WeakMap<KoaContextWithOIDC, Map<string, string>>()

  const opened = (found: Kept | undefined): AdapterPayload | undefined => {
    const text = found && vault.open(RECORD.purpose, RECORD.place(found.id), found.payload)
    if (!text) return undefined
    const payload = JSON.parse(Buffer.from(text).toString()) as AdapterPayload
    return found.consumedAt ? { ...payload, consumed: Math.floor(found.consumedAt.getTime() / 1000) } : payload
  }

  /** Of the code of a device, which a person changes only as they have read it: of two at the same moment, one comes too late. */
  function remembered(kind: string, found: Kept | undefined): Kept | undefined {
    const ctx = kind === 'DeviceCode' ? deps.current() : undefined
    if (ctx && found) read.set(ctx, (read.get(ctx) ?? new Map()).set(found.id, found.payload))
    return found
  }

  return (kind) => ({
    async upsert(name, payload, lifetime = 0) {
      const id = recordId(kind, name)
      const { uid, userCode, grantId } = payload
      const found = kind === 'Session' ? uid : userCode
      const row: RecordRow = {
        id,
        kind,
        sessionId: null,
        appId: null,
        grantId: grantId ? recordId('Grant', grantId) : null,
        uidHash: found ? recordId(`${kind} by`, found) : null,
        payload: vault.seal(RECORD.purpose, RECORD.place(id), Buffer.from(JSON.stringify(payload))),
        consumedAt: null,
        expiresAt: new Date(now().getTime() + lifetime * 1000),
      }
      const isKept = await put(row, payload)
      if (!isKept) throw deps.gone()
    },

    async find(name) {
      if (kind !== 'Client') return opened(remembered(kind, await openid.record(recordId(kind, name))))
      const client = await openid.clientNamed(name)
      return client && (metadataOf(client, now()) as AdapterPayload)
    },
    findByUid: async (uid) => opened(await openid.recordByUid(recordId(`${kind} by`, uid))),
    findByUserCode: async (userCode) =>
      opened(remembered(kind, await openid.recordByUid(recordId(`${kind} by`, userCode)))),

    async consume(name) {
      if (!(await openid.consume(recordId(kind, name), now()))) {
        // Two hold it, and one of them has stolen it: what was made of it ends as well.
        const grantId = opened(await openid.record(recordId(kind, name)))?.grantId
        if (grantId) await openid.revokeGrant(recordId('Grant', grantId))
        throw deps.gone()
      }
    },

    async destroy(name) {
      const ctx = deps.current()
      if (kind === 'Session' && ctx?.oidc.route === 'end_session_confirm') await deps.signOut(ctx)
      await openid.destroyRecord(recordId(kind, name))
    },

    async revokeByGrantId(grantId) {
      if (kind !== 'AccessToken') return // once for all kinds
      const ctx = deps.current()
      const here = ctx && leavesClient(ctx) ? await deps.here(ctx) : undefined
      if (here?.appId) await openid.leaveClient({ sessionId: here.sessionId, appId: here.appId })
      else await openid.revokeGrant(recordId('Grant', grantId))
    },
  })

  async function put(row: RecordRow, payload: AdapterPayload): Promise<boolean> {
    const ctx = deps.current()
    const { grantId } = row
    if (grantId && row.kind !== 'Interaction') {
      const clientId = payload.clientId ?? ''
      const sid = SIGNS_IN.has(row.kind) ? ctx?.oidc.session?.sidFor(clientId) : undefined
      const signIn = sid && { subject: payload.accountId ?? '', sid, scopes: payload.scope ?? '', startedAt: now() }
      // A code is redeemed within a minute of its sign-in.
      const comesBack = row.kind === 'AccessToken' && ctx?.oidc.params?.grant_type !== 'authorization_code'
      return openid.putFromGrant(
        { ...row, grantId },
        { ...(signIn && { signIn }), ...(comesBack && { usedAt: now() }) },
      )
    }
    const was = ctx && read.get(ctx)
    const before = was?.get(row.id)
    if (was && before !== undefined) {
      const isFirst = await openid.changeRecord(row.id, before, row.payload)
      if (isFirst) was.set(row.id, row.payload)
      return isFirst
    }
    if (!OF_SESSION.has(row.kind)) return openid.putRecord(row)
    const here = ctx && (await deps.here(ctx))
    if (row.kind === 'Grant' && !here) return false
    return openid.putRecord({
      ...row,
      sessionId: (payload.accountId && here?.sessionId) || null,
      appId: row.kind === 'Grant' ? (here?.appId ?? null) : null,
    })
  }
}
