import type { Adapter, AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import { hashToken } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'
import { type ClientRow, metadataOf } from './clients.ts'
import type { AtClient } from './visitor-at.ts'

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
type Kept = Readonly<Pick<RecordRow, 'id' | 'payload' | 'sessionId' | 'appId' | 'consumedAt'>>

/** A grant, the record that was asked for, if it is another, and who made the grant. */
export type Granted = AtClient & Readonly<{ record: Kept; grant: Kept }>

/** What is made from a grant, which has its session and its client. */
export type FromGrant = {
  grantId: string
  /** The grant's session and client, where they are known. */
  owner?: { sessionId: string | null; appId: string | null } | undefined
  rows: Omit<RecordRow, 'sessionId' | 'appId'>[]
  /** What it is made from, and can be used once. */
  consumes?: { id: string; at: Date } | undefined
  /** The session has signed in at the client. */
  signIn?: { subject: string; sid: string; scopes: string; startedAt: Date } | undefined
  /** The client has come back. */
  usedAt?: Date | undefined
}

export type RecordStore = {
  clientNamed(name: string): Promise<ClientRow | undefined>
  record(id: string): Promise<Kept | undefined>
  /** By the grant, or by what was made from it. */
  granted(id: string): Promise<Granted | undefined>
  recordByUid(uidHash: string): Promise<Kept | undefined>
  /** False if its session or its client is gone. */
  putRecord(row: RecordRow): Promise<boolean>
  /** False if it is there already. */
  addRecord(row: RecordRow): Promise<boolean>
  /** All of it or nothing. False if the grant is gone, or another has used what it is made from. */
  putFromGrant(made: FromGrant): Promise<boolean>
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
const FROM_GRANT: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'AccessToken'])
const SIGNS_IN: ReadonlySet<string> = new Set(['AuthorizationCode', 'DeviceCode'])

/** Whether somebody signs out at the client that sent them, and stays signed in here. */
export const leavesClient = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc?.route === 'end_session_confirm' && !oidc.params?.logout

/** What one request to the token endpoint makes: a code is used, and tokens come of it. */
type Redemption = { consumes?: { id: string; at: Date }; made?: FromGrant }

/** What one request has read. `shown`: the payloads of device codes, by the record. */
type Request = {
  redemption?: Redemption
  granted: Map<string, Promise<Granted | undefined>>
  shown: Map<string, string>
}

/**
 * Where the OpenID provider keeps its things. Each that was made for a session ends with it, in whatever way that ends, and whatever can
 * be used once is used once: the row is the guard.
 */
export function recordsOf(deps: RecordDeps) {
  const { openid, vault, now } = deps
  const requests = new WeakMap<object, Request>()
  const requestOf = (ctx: object | undefined): Request => {
    const request = (ctx && requests.get(ctx)) ?? { granted: new Map(), shown: new Map() }
    if (ctx) requests.set(ctx, request)
    return request
  }

  /** Read once in a request, with all that whoever shows a token needs. */
  function granted(id: string): Promise<Granted | undefined> {
    const { granted: known } = requestOf(deps.current())
    const found = known.get(id) ?? openid.granted(id)
    known.set(id, found)
    return found
  }

  /** Who made a grant. What was read of something made from it will do. */
  async function grantOf(id: string): Promise<Granted | undefined> {
    for (const read of requestOf(deps.current()).granted.values()) {
      const found = await read
      if (found?.grant.id === id) return found
    }
    return undefined
  }

  /** What a client is about to show at the token endpoint is read with the client, in the same turn. */
  function readAhead() {
    const { code, refresh_token: refresh } = deps.current()?.oidc?.params ?? {}
    const id = typeof code === 'string' ? recordId('AuthorizationCode', code) : undefined
    const shown = id ?? (typeof refresh === 'string' ? recordId('RefreshToken', refresh) : undefined)
    if (shown) granted(shown).catch(() => {}) // whoever waits for it hears of that
  }

  const opened = (found: Kept | undefined): AdapterPayload | undefined => {
    const text = found && vault.open(RECORD.purpose, RECORD.place(found.id), found.payload)
    if (!text) return undefined
    const payload = JSON.parse(Buffer.from(text).toString()) as AdapterPayload
    return found.consumedAt ? { ...payload, consumed: Math.floor(found.consumedAt.getTime() / 1000) } : payload
  }

  /** Of the code of a device, which a person changes only as they have read it: of two at the same moment, one comes too late. */
  function remembered(kind: string, found: Kept | undefined): Kept | undefined {
    if (kind === 'DeviceCode' && found) requestOf(deps.current()).shown.set(found.id, found.payload)
    return found
  }

  const adapter = (kind: string): Adapter => ({
    async upsert(name, payload, lifetime = 0) {
      const id = recordId(kind, name)
      const { uid, userCode, grantId } = payload
      const found = kind === 'Session' ? uid : userCode
      const row = {
        id,
        kind,
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
      const id = recordId(kind, name)
      if (FROM_GRANT.has(kind)) return opened((await granted(id))?.record)
      if (kind !== 'Client') {
        const known = kind === 'Grant' ? (await grantOf(id))?.grant : undefined
        return opened(known ?? remembered(kind, await openid.record(id)))
      }
      readAhead()
      const client = await openid.clientNamed(name)
      return client && (metadataOf(client, now()) as AdapterPayload)
    },
    findByUid: async (uid) => opened(await openid.recordByUid(recordId(`${kind} by`, uid))),
    findByUserCode: async (userCode) =>
      opened(remembered(kind, await openid.recordByUid(recordId(`${kind} by`, userCode)))),

    async consume(name) {
      const used = { id: recordId(kind, name), at: now() }
      const open = requestOf(deps.current()).redemption
      if (open) open.consumes = used
      else await consumed(used)
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

  return {
    adapter,

    /** Who made a grant. */
    async behind(grantId: string): Promise<AtClient | undefined> {
      const id = recordId('Grant', grantId)
      return (await grantOf(id)) ?? (await granted(id))
    },

    /**
     * Runs `redeem`, which uses something up, makes tokens of it, and returns the status of its answer. Keeps all of that at once: no
     * code is used for nothing, and no token is there whose code can be used again. Whoever is refused has used it all the same; where
     * we have failed, it can be tried again.
     */
    async atOnce(ctx: object, redeem: () => Promise<number>): Promise<void> {
      const request = requestOf(ctx)
      request.redemption = {}
      const status = await redeem()
      const { made, consumes } = request.redemption
      if (status >= 500) return
      if (status >= 400 || !made) return consumes && (await consumed(consumes))
      if (await openid.putFromGrant({ ...made, consumes })) return
      if (consumes) await stolen(consumes.id)
      throw deps.gone()
    },
  }

  async function consumed({ id, at }: { id: string; at: Date }) {
    if (await openid.consume(id, at)) return
    await stolen(id)
    throw deps.gone()
  }

  /** Two hold it, and one of them has stolen it: what was made of it ends as well. */
  async function stolen(id: string) {
    const grantId = opened(await openid.record(id))?.grantId
    if (grantId) await openid.revokeGrant(recordId('Grant', grantId))
  }

  async function put(row: Omit<RecordRow, 'sessionId' | 'appId'>, payload: AdapterPayload): Promise<boolean> {
    const ctx = deps.current()
    const { grantId } = row
    if (grantId && row.kind !== 'Interaction') {
      const clientId = payload.clientId ?? ''
      const sid = SIGNS_IN.has(row.kind) ? ctx?.oidc.session?.sidFor(clientId) : undefined
      const signIn = sid
        ? { subject: payload.accountId ?? '', sid, scopes: payload.scope ?? '', startedAt: now() }
        : undefined
      // A code is redeemed within a minute of its sign-in.
      const comesBack = row.kind === 'AccessToken' && ctx?.oidc.params?.grant_type !== 'authorization_code'
      const { redemption: open } = requestOf(ctx)
      const made: FromGrant = {
        grantId,
        owner: (await grantOf(grantId))?.grant,
        rows: [...(open?.made?.rows ?? []), row],
        signIn,
        usedAt: comesBack ? now() : open?.made?.usedAt,
      }
      if (!open) return openid.putFromGrant(made)
      open.made = made
      return true
    }
    const { shown } = requestOf(ctx)
    const before = shown.get(row.id)
    if (before !== undefined) {
      const isFirst = await openid.changeRecord(row.id, before, row.payload)
      if (isFirst) shown.set(row.id, row.payload)
      return isFirst
    }
    const owned = { ...row, sessionId: null, appId: null }
    // What a client has signed to show who it is. The library looks and then writes, between which another may have come.
    if (row.kind === 'ReplayDetection') return openid.addRecord(owned)
    if (!OF_SESSION.has(row.kind)) return openid.putRecord(owned)
    const here = ctx && (await deps.here(ctx))
    if (row.kind === 'Grant' && !here) return false
    return openid.putRecord({
      ...owned,
      sessionId: (payload.accountId && here?.sessionId) || null,
      appId: row.kind === 'Grant' ? (here?.appId ?? null) : null,
    })
  }
}
