import { createHash } from 'node:crypto'
import { COMMAND_LINE } from '../../../app/operators/command-line.ts'
import { suspend } from '../../../app/operators/suspension.ts'
import { openidConsents } from '../../../db/schema.ts'
import { type Browser, SESSION, signedUp, withTwoFactor } from '../../../testing/index.ts'
import { addClient, mayUseClients, type OpenidSite, openidSite, type TestClient } from '../../../testing/openid.ts'
import { allowing, codeFor, deviceApproved, deviceAsked, sentBy } from '../../../testing/openid-people.ts'
import { basic, claimsIn, posted } from '../../../testing/openid-requests.ts'
import type { Plan } from './openid-requests.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import type { Route } from './route-table.ts'

/** A client, and whether it shows its secret or has none. `asks`: its people are asked first. */
export type FuzzClient = TestClient & { isPublic: boolean; asks: boolean; hasDevices: boolean; signedOut: string }
/** Somebody with a session at the portal. */
export type Visitor = { browser: Browser; email: string; session: string; isEntitled: boolean }

type Kind = 'code' | 'device' | 'refresh' | 'access' | 'id'
/** What a client was given, or was to be given to it. `uses` counts the answers with tokens that it brought. */
export type Held = { kind: Kind; value: string; client: FuzzClient; visitor: Visitor; subject?: string; uses: number }

export type OpenidWorld = Awaited<ReturnType<typeof openidWorld>>

export const VERIFIER = 'a-verifier-of-the-fuzzer-which-is-long-enough-for-it'
const CHALLENGE = {
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
}
export const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const SCOPE = 'openid email profile groups offline_access'
const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }
const MOST_HELD = 200 // the latest are most likely still good

/** A site with clients of each sort, people who may use them, and some who may not. */
export async function openidWorld() {
  const site = await openidSite()
  const clients = [
    await clientOf(site, {}),
    await clientOf(site, { authMethod: 'none', secretHash: null }),
    await clientOf(site, { isThirdParty: 1 }),
    await clientOf(site, { isStrict: 1, pairwiseSalt: 'salt', signingAlg: 'ES256', usesDeviceFlow: 0 }),
  ]
  const held: Held[] = []
  const plans = new Map<Route, Plan>()
  const visitors: Visitor[] = []
  const strangers = [await outsider(site), await suspended(site)]

  const world = {
    site,
    clients,
    held,
    /** All who were ever there. */
    visitors: (): readonly Visitor[] => [...visitors, ...strangers],
    strangers,
    secrets: (): string[] => [
      ...clients.filter(({ isPublic }) => !isPublic).map(({ secret }) => secret),
      ...[...visitors, ...strangers].map(({ session }) => session),
    ],

    hold(of: Omit<Held, 'uses'>): Held {
      const known = held.find(({ value }) => value === of.value)
      if (known) return known
      const item = { ...of, uses: 0 }
      held.push(item)
      if (held.length > MOST_HELD) held.shift()
      return item
    },

    /** Somebody who may use the apps, and is signed in. What others do may have signed them out: then it is somebody else. */
    async member(): Promise<Visitor> {
      const last = visitors.at(-1)
      if (last && (await last.browser.get('/')).status === 200) return last
      const made = await visitorOf(site, true)
      visitors.push(made)
      return made
    },

    /** The same person in a browser of its own, so that nobody else's cookies come between. */
    copyOf({ browser }: Visitor): Browser {
      const copy = site.browser()
      for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
      return copy
    },

    async code(client: FuzzClient, visitor: Visitor): Promise<Held> {
      const asked = { scope: SCOPE, ...CHALLENGE }
      const browser = world.copyOf(visitor)
      if (client.asks) await allowed(browser, client, asked)
      return world.hold({ kind: 'code', value: await codeFor(browser, client, asked), client, visitor })
    },

    async device(client: FuzzClient, visitor: Visitor): Promise<Held> {
      const browser = world.copyOf(visitor)
      if (client.asks) await allowed(browser, client, { scope: SCOPE, ...CHALLENGE })
      const asked = await deviceBegun(client)
      await deviceApproved(browser, asked.user_code)
      return world.hold({ kind: 'device', value: asked.device_code, client, visitor })
    },

    deviceBegun,
    /** The last request that was right. */
    sent: (route: Route): Plan[] => [plans.get(route)].filter((plan) => plan !== undefined),
    keep: (route: Route, plan: Plan) => void plans.set(route, { ...plan }),
    /** Nobody has allowed anything. */
    askAgain: async () => void (await site.database.db.delete(openidConsents)),

    /** Tokens for a code that nobody else has seen. */
    async tokens(client: FuzzClient, visitor: Visitor): Promise<{ access: Held; refresh: Held; id: Held }> {
      const code = await world.code(client, visitor)
      const fields = { grant_type: 'authorization_code', code: code.value, code_verifier: VERIFIER }
      const { status, json } = await posted(
        site,
        '/oauth/token',
        { ...fields, redirect_uri: client.redirect, ...(client.isPublic && { client_id: client.name }) },
        client.isPublic ? {} : basic(client),
      )
      if (status !== 200) throw new Error(`No tokens: ${JSON.stringify(json)}`)
      code.uses++
      return world.given(json as Given, client, visitor)
    },

    /** What an answer with tokens has in it. */
    given(
      { access_token: access = '', refresh_token: refresh = '', id_token: id = '' }: Given,
      client: FuzzClient,
      visitor: Visitor,
    ) {
      const of = { client, visitor, ...(id && { subject: String(claimsIn(id).sub) }) }
      const held = (kind: Held['kind'], value: string) => world.hold({ kind, value, ...of })
      return {
        access: held('access', access),
        refresh: held('refresh', refresh || access),
        id: held('id', id || access),
      }
    },

    /** A browser that an app has led to the page that asks, with what it carries. */
    async asked(visitor: Visitor): Promise<Browser> {
      const browser = world.copyOf(visitor)
      const [client] = clients.filter(({ asks }) => asks)
      if (client) await sentBy(browser, client, { scope: SCOPE, prompt: 'consent', ...CHALLENGE })
      return browser
    },
  }
  return world

  async function deviceBegun(client: FuzzClient) {
    if (!client.isPublic) return deviceAsked(site, client, SCOPE)
    const { json } = await posted(site, '/oauth/device/authorize', { client_id: client.name, scope: SCOPE })
    return json as Awaited<ReturnType<typeof deviceAsked>>
  }
}

type Given = Partial<Record<'access_token' | 'refresh_token' | 'id_token', string>>

async function clientOf(site: OpenidSite, of: Parameters<typeof addClient>[1] = {}): Promise<FuzzClient> {
  const signedOut = 'https://signed-out.example.net/'
  const made = await addClient(site, { usesDeviceFlow: 1, ...of }, { signedOut: [signedOut] })
  return {
    ...made,
    signedOut,
    isPublic: of.authMethod === 'none',
    asks: of.isThirdParty === 1,
    hasDevices: of.usesDeviceFlow !== 0,
  }
}

async function visitorOf(site: OpenidSite, isEntitled: boolean): Promise<Visitor> {
  const { browser, email } = await withTwoFactor(site)
  if (isEntitled) await mayUseClients(site, email)
  return { browser, email, session: browser.cookies.get(SESSION) ?? '', isEntitled }
}

/** In no group that an app is open to. */
const outsider = (site: OpenidSite) => visitorOf(site, false)

async function suspended(site: OpenidSite): Promise<Visitor> {
  const { browser, email } = await signedUp(site)
  await mayUseClients(site, email)
  const session = browser.cookies.get(SESSION) ?? ''
  await suspend(site.deps, email, BY)
  return { browser, email, session, isEntitled: false }
}

/** Says yes where an app of somebody else asks, if it still does. */
async function allowed(browser: Browser, client: FuzzClient, asked: Record<string, string>): Promise<void> {
  const { answer } = await sentBy(browser, client, asked)
  if (answer.html.includes('/oauth/enter')) await allowing(browser)
}

/** A person as the general ways to spoil a request know them. */
export const asPerson = ({ email, browser }: Visitor, bearer: string | undefined): Person => ({
  ...{ kind: 'plain', email, cookies: browser.cookies, bearer, codes: [], requests: 0, isGone: false },
  ...{ ids: new Set(), lists: new Map(), forms: new Map(), paths: new Set() },
})

export const heldOf = (world: OpenidWorld, random: Random, kinds: readonly Kind[]): string => {
  const items = world.held.filter(({ kind }) => kinds.includes(kind))
  return items.length > 0 ? random.pick(items).value : 'x'
}
export const CHALLENGED = { scope: SCOPE, ...CHALLENGE }
