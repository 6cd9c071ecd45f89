import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import * as oidc from 'openid-client'
import type { Settings } from '#app/deps.ts'
import { hashToken, newId } from '#app/lib/tokens.ts'
import { appGroups, apps, clients, clientUris, groups, memberships } from '#db/schema.ts'
import { type Browser, browser, type From } from './browser.ts'
import { assertInvariants } from './invariants.ts'
import { BASE_URL } from './names.ts'
import { latchkey } from './product.ts'
import { accountOf } from './tables.ts'
import { byHttp, type Transport } from './transport.ts'

export type OpenidSite = Awaited<ReturnType<typeof openidSite>>

/** The library's clock can't be set, so ours is the real one; what has to be later goes by the database. */
const realClock = () => ({ now: () => new Date(), advance: () => {} })

/** The product behind a socket, as the OpenID library needs it. Nobody listens at `BASE_URL`; `fetch` goes to the port for it. */
export async function openidSite(settings: Partial<Settings> = {}, shared: Parameters<typeof latchkey>[1] = {}) {
  const product = await latchkey(settings, { clock: realClock(), ...shared })
  const server = createAdaptorServer({ fetch: product.app.fetch, hostname: 'localhost' }) as Server
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const carry = byHttp(() => port)

  const stop = () => {
    server.closeAllConnections()
    server.close()
  }

  return {
    ...product,
    port,
    carry,
    fetch: fetchBy(carry),
    browser: (of: From = {}) => browser(carry, of),
    /** Of several over one database: the database stays. */
    stop,
    async close() {
      stop()
      await assertInvariants(product.database)
      await product.close()
    },
  }
}

/** As a program elsewhere asks, whoever it is that `carry` reaches. */
export const fetchBy =
  (carry: Transport) =>
  async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search, host } = new URL(url)
    const request = new Request(url, init)
    const body = request.body ? await request.text() : undefined
    const headers = new Headers(request.headers)
    headers.set('Host', host)
    const sent = { method: request.method, headers, ...(body !== undefined && { body }) }
    return carry(`${pathname}${search}`, sent, '198.51.100.7')
  }

export type TestClient = { name: string; secret: string; redirect: string }

/** An app with a client, for the group `everyone`, which is made with it. */
export async function addClient(
  { database: { db } }: { database: Pick<OpenidSite['database'], 'db'> },
  of: Partial<typeof clients.$inferInsert & typeof apps.$inferInsert> = {},
  more: { signedOut?: string[]; redirects?: string[] } = {},
): Promise<TestClient> {
  const name =
    of.name ??
    `app-${newId()
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')}`
  const secret = newId()
  const at = new Date()
  const id = newId()
  const redirect = more.redirects?.[0] ?? `https://${name}.example.net/callback`
  const groupId = await everyone(db)
  await db.insert(apps).values({
    ...{
      id,
      name,
      title: `The ${name}`,
      level: 'password',
      maxAge: null,
      takesTokens: 0,
      tellsIdentity: 1,
      createdAt: at,
    },
    ...of,
  })
  await db.insert(clients).values({
    ...{ appId: id, authMethod: 'client_secret', secretHash: hashToken(secret), signingAlg: 'RS256', needsPkce: 1 },
    ...{ isThirdParty: 0, isStrict: 0, usesDeviceFlow: 0, createdAt: at },
    ...of,
  })
  await db.insert(clientUris).values(
    [...(more.redirects ?? [redirect])].map((uri, position) => ({
      appId: id,
      purpose: 'redirect' as const,
      uri,
      position,
    })),
  )
  if (more.signedOut?.length)
    await db
      .insert(clientUris)
      .values(more.signedOut.map((uri, position) => ({ appId: id, purpose: 'signed_out' as const, uri, position })))
  await db.insert(appGroups).values({ appId: id, groupId })
  return { name, secret, redirect }
}

async function everyone(db: OpenidSite['database']['db']): Promise<string> {
  await db.insert(groups).values({ id: 'everyone', name: 'everyone', createdAt: new Date() }).onConflictDoNothing()
  return 'everyone'
}

/** May use what `addClient` makes. */
export async function mayUseClients(site: Pick<OpenidSite, 'database'>, email: string): Promise<void> {
  const groupId = await everyone(site.database.db)
  const { id: accountId } = await accountOf(site, email)
  await site.database.db.insert(memberships).values({ accountId, groupId, addedAt: new Date(), until: null })
}

/** The client as openid-client runs it. */
export const discovered = (site: OpenidSite, { name, secret }: TestClient): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(BASE_URL), name, secret, undefined, { [oidc.customFetch]: site.fetch as never })

export type Asking = { url: URL; verifier: string; state: string; nonce: string }

/** Where an app sends a browser. */
export async function asking(
  config: oidc.Configuration,
  { redirect }: Pick<TestClient, 'redirect'>,
  params: Record<string, string> = {},
): Promise<Asking> {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const nonce = oidc.randomNonce()
  const url = oidc.buildAuthorizationUrl(config, {
    ...{ redirect_uri: redirect, scope: 'openid email profile groups offline_access', state, nonce },
    ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    ...params,
  })
  return { url, verifier, state, nonce }
}

/** Follows redirects, and pages that lead on, until they leave the site; where that is, and how many answers it took. */
export async function followed(from: Browser, url: URL, most = 12) {
  let at = new URL(url)
  for (let hops = 1; hops <= most; hops++) {
    const answer = await from.get(`${at.pathname}${at.search}`)
    const next = answer.location ?? /url=(.+)$/.exec(answer.headers.get('Refresh') ?? '')?.[1]
    if (next === undefined || next === null) return { at, hops, answer }
    at = new URL(next, at)
    if (at.origin !== BASE_URL) return { at, hops, answer }
  }
  throw new Error(`${most} redirects, and none of them left.`)
}

export const redeem = (config: oidc.Configuration, asked: Asking, at: URL) =>
  oidc.authorizationCodeGrant(config, at, {
    pkceCodeVerifier: asked.verifier,
    expectedState: asked.state,
    expectedNonce: asked.nonce,
  })
