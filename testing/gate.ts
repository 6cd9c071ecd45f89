import { eq } from 'drizzle-orm'
import { CHECKS, type Dialect } from '#app/gate/asked.http.ts'
import { destinationIn, sendWithCode } from '#app/gate/hand-over.ts'
import type { AppLevel, NetworkRule, PathRule } from '#app/gate/requirement.ts'
import { operatorsEvent } from '#app/identity/security-events.ts'
import { currentVisitor } from '#app/identity/session.ts'
import { newId } from '#app/lib/tokens.ts'
import { COMMAND_LINE } from '#app/operators/command-line.ts'
import { addMember, createGroup } from '#app/operators/groups.ts'
import { accessTokens } from '#db/schema.ts'
import type { Browser } from './browser.ts'
import { BASE_URL, SESSION } from './names.ts'
import { textOf } from './people.ts'
import type { Latchkey } from './product.ts'
import { signedUp, withToken } from './stories.ts'
import type { Transport } from './transport.ts'

// Apps behind the gate, and those who come to them.

export const GATE = '__Host-latchkey-gate'
export const GATE_NONCE = '__Host-latchkey-gate-pre'
export const PROXIES = Object.keys(CHECKS).filter((name): name is Dialect => name in CHECKS)

/** The proxy of the tests, and settings that know it. */
export const PROXY_AT = '10.9.8.7'
export const BEHIND_PROXY = { trustedProxies: [{ address: '10.9.8.0', prefix: 24, family: 'ipv4' as const }] }

type Wanted = {
  name: string
  title: string
  hosts: string[]
  groups: string[]
  level: AppLevel
  maxAge: number | null
  paths: PathRule[]
  networks: NetworkRule[]
  takesTokens: boolean
  tellsIdentity: boolean
}
let made = 0

const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }

/** An app at a host of its own, for whom is in a group of its own, and tells what it isn't told. */
export async function withApp(product: Latchkey, wanted: Partial<Wanted> = {}) {
  const number = ++made
  const name = wanted.name ?? `photos-${number}`
  const app = {
    ...{ hosts: [`${name}.example.test`], groups: [`friends-${number}`], level: 'password' as const, maxAge: null },
    ...{ paths: [], networks: [], takesTokens: true, tellsIdentity: true },
    ...wanted,
    name,
  }
  const row = {
    ...{
      id: newId(),
      name,
      title: wanted.title ?? 'Photos',
      level: app.level,
      maxAge: app.maxAge,
      createdAt: product.clock.now(),
    },
    ...({ takesTokens: app.takesTokens ? 1 : 0, tellsIdentity: app.tellsIdentity ? 1 : 0 } as const),
    ...{ hosts: app.hosts, paths: app.paths, networks: app.networks },
    groupIds: await Promise.all(app.groups.map((group) => groupNamed(product, group))),
  }
  const event = operatorsEvent('app_created', name, { by: BY, at: row.createdAt })
  if (!(await product.deps.apps.createApp({ app: row, event }))) throw new Error(`${name} is there already.`)
  return { ...app, id: row.id, host: app.hosts[0] ?? '', group: app.groups[0] ?? '' }
}

async function groupNamed({ deps }: Latchkey, name: string) {
  await createGroup(deps, name, BY)
  const [group] = await deps.groups.groupsNamed([name])
  if (!group) throw new Error(`There is no group ${name}.`)
  return group.id
}

/** Puts somebody into a group. */
export async function joining({ deps }: Latchkey, email: string, group: string, until: Date | null = null) {
  const { ok } = await addMember(deps, { group, called: email, until }, BY)
  if (!ok) throw new Error(`${email} can't be in ${group}.`)
}

export type Asking = {
  proxy?: Dialect
  method?: string
  headers?: Record<string, string>
  /** Of whom the proxy asks for. */
  address?: string
  peer?: string
}

type Telling = (url: string, method: string) => { target: string; told: Record<string, string> }
const original: Telling = (url, method) => ({
  target: '',
  told: { 'X-Original-URL': url, 'X-Original-Method': method },
})
const partsOf = (url: string) => {
  const [, scheme = '', host = '', target = ''] = /^([^:]*):\/\/([^/]*)(.*)$/s.exec(url) ?? []
  return { scheme, host, target }
}
const forwarded: Telling = (url, method) => {
  const { scheme, host, target } = partsOf(url)
  const line = { 'X-Forwarded-Method': method, 'X-Forwarded-Uri': target }
  return { target: '', told: { ...line, 'X-Forwarded-Proto': scheme, 'X-Forwarded-Host': host } }
}
const toldBy: Record<Dialect, Telling> = {
  nginx: original,
  haproxy: original,
  caddy: forwarded,
  traefik: forwarded,
  envoy(url) {
    const { scheme, host, target } = partsOf(url)
    return { target, told: { Host: host, 'X-Forwarded-Proto': scheme } }
  },
}

/** What a proxy asks for one request of a client, whose own headers are `headers`. The URL goes as it is written. */
export async function asking(carry: Transport, url: string, of: Asking = {}) {
  const { proxy = 'caddy', method = 'GET', headers = {}, address = '192.0.2.1', peer = PROXY_AT } = of
  const { target, told } = toldBy[proxy](url, method)
  const init = { Host: new URL(BASE_URL).host, ...headers, 'X-Forwarded-For': address, ...told }
  const isEnvoy = proxy === 'envoy'
  const path = `${CHECKS[proxy]}${target}`
  const answer = await carry(path, { headers: init, ...(isEnvoy && { method }) }, peer)
  const html = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    location: answer.headers.get('Location'),
    html,
    get text() {
      return textOf(html)
    },
  }
}

/** A browser at apps: it keeps the cookies of each host, and says what browsers say of a navigation. */
export function appBrowser(product: Pick<Latchkey, 'carry'>, from: Pick<Asking, 'proxy' | 'address'> = {}) {
  const kept = new Map<string, Map<string, string>>()
  const cookiesAt = (host: string) => {
    const cookies = kept.get(host) ?? new Map<string, string>()
    kept.set(host, cookies)
    return cookies
  }

  async function asks(url: string, of: Asking = {}) {
    const cookies = cookiesAt(new URL(url).host)
    const line = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...NAVIGATION, ...(line && { Cookie: line }), ...of.headers }
    const answer = await asking(product.carry, url, { ...from, ...of, headers })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    return answer
  }

  return { asks, cookiesAt }
}
export type AppBrowser = ReturnType<typeof appBrowser>

export const NAVIGATION = { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html,*/*;q=0.8' }

/** Where the portal is asked to lead back to. */
export function wayInOf(location: string | null): { to: string; nonceHash: string } {
  const url = new URL(location ?? '', BASE_URL)
  if (url.origin !== BASE_URL || url.pathname !== '/gate/enter') throw new Error(`${location} leads somewhere else.`)
  return { to: url.searchParams.get('to') ?? '', nonceHash: url.searchParams.get('n') ?? '' }
}

/** What the portal sends a browser to that is signed in there: the URL with the code. */
export async function codeFor(product: Latchkey, portal: Browser, location: string | null): Promise<string> {
  const { to, nonceHash } = wayInOf(location)
  const visitor = await currentVisitor(product.deps, portal.cookies.get(SESSION) ?? '')
  const destination = destinationIn(to, 'https')
  if (!visitor || !destination) throw new Error(`Nobody gets to ${to}.`)
  const url = await sendWithCode(product.deps, visitor, destination, nonceHash)
  return url ?? ''
}

/** Somebody who is signed in at the portal comes to a URL for the first time. Returns their browser there. */
export async function entering(
  product: Latchkey,
  portal: Browser,
  url: string,
  from: Parameters<typeof appBrowser>[1] = {},
) {
  const browser = appBrowser(product, from)
  const { location } = await browser.asks(url)
  await browser.asks(await codeFor(product, portal, location))
  return browser
}

/** An access token of the person's that opens the app. */
export async function appToken(product: Latchkey, portal: Browser, app: string) {
  const token = await withToken(product, portal)
  await product.database.db
    .update(accessTokens)
    .set({ scopes: `app:${app}` })
    .where(eq(accessTokens.id, token.id))
  return token
}

/** Somebody whom an app is open to, and the cookie that says so there. */
export async function guestOf(
  product: Latchkey,
  { signs = signedUp, until = null, ...wanted }: Partial<Wanted> & Coming = {},
) {
  const app = await withApp(product, wanted)
  const person = await signs(product)
  await joining(product, person.email, app.group, until)
  const browser = await entering(product, person.browser, `https://${app.host}/`)
  const cookie = `${GATE}=${browser.cookiesAt(app.host).get(GATE)}`
  return { ...app, email: person.email, portal: person.browser, browser, cookie }
}
/** How they are signed in, and until when they are in the group. */
type Coming = { signs?: (product: Latchkey) => Promise<{ browser: Browser; email: string }>; until?: Date | null }
