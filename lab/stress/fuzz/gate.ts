import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { createAdaptorServer } from '@hono/node-server'
import { COMMAND_LINE } from '../../../app/operators/command-line.ts'
import { removeMember } from '../../../app/operators/groups.ts'
import { suspend } from '../../../app/operators/suspension.ts'
import { appToken, BEHIND_PROXY, entering, GATE, joining, NAVIGATION, PROXIES, withApp } from '../../../testing/gate.ts'
import { type Browser, type Latchkey, latchkey, signedUp, withTwoFactor } from '../../../testing/index.ts'
import { assertInvariants } from '../../../testing/invariants.ts'
import { type Finding, printable } from './fuzz.ts'
import { entitledBy, type Grant, isNavigation, type Site } from './gate-oracle.ts'
import { asksFor, METHODS, PATHS, SPOILS, show } from './gate-requests.ts'
import { randomFrom, seedOf } from './random.ts'
import { type Answer, exchange, headerOf, type Request } from './wire.ts'

const WIDTH = 8
const PATIENCE = 30_000
const IDENTITY = ['remote-user', 'remote-email', 'remote-name', 'remote-groups']
const BY = { operatorId: null, reason: 'They asked.', origin: COMMAND_LINE }

export type GateFuzzed = { requests: number; statuses: Map<number, number>; findings: Finding[] }

/** Asks the gate as five kinds of proxies could be made to, and compares each answer with who is entitled to it. */
export async function fuzzGate({
  requests,
  seed,
  answering = (product) => (request, env) => product.app.fetch(request, env),
}: {
  requests: number
  seed: number
  /** In the place of the product's own answers. */
  answering?: (product: Latchkey) => Answering
}): Promise<GateFuzzed> {
  const loopback = { address: '127.0.0.0', prefix: 8, family: 'ipv4' as const }
  const product = await latchkey({ trustedProxies: [...BEHIND_PROXY.trustedProxies, loopback] })
  const server = createAdaptorServer({ fetch: answering(product) as never }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const findings: Finding[] = []
  const statuses = new Map<number, number>()
  try {
    const world = await worldOf(product)
    let next = 0
    const work = async () => {
      while (next < requests) {
        const number = next++
        const { proxy, request, mustOpen } = made(number, seed, world)
        const answer = await exchange(port, request, PATIENCE)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const note = (what: string) => findings.push({ number, what: `${proxy}: ${what}`, request: printable(request) })
        for (const what of judge(proxy, request, answer, world)) note(what)
        if (mustOpen && answer.status !== 200) note(`somebody who may was answered ${answer.status}`)
      }
    }
    await Promise.all(Array.from({ length: WIDTH }, work))
    await assertInvariants(product.database)
    for (const fault of product.faults) findings.push({ number: 0, what: `a fault: ${inspect(fault)}` })
    return { requests, statuses, findings }
  } finally {
    server.closeAllConnections()
    server.close()
    await product.close()
  }
}
type Answering = (request: globalThis.Request, env: object) => Response | Promise<Response>

type World = { sites: Site[]; hosts: string[]; grants: Grant[]; dead: Grant[] }

/** Three apps; people who may come in, and people who may not any more or never could, each with all that they ever held. */
async function worldOf(product: Latchkey): Promise<World> {
  const paths = [
    { path: '/public/', level: 'public' as const, maxAge: null },
    { path: '/admin/', level: 'second_factor' as const, maxAge: null },
  ]
  const hosts = ['photos.example.test', 'pictures.example.org']
  const photos = await withApp(product, { name: 'photos', hosts, groups: ['friends'], paths })
  const vault = await withApp(product, {
    name: 'vault',
    hosts: ['vault.example.com'],
    groups: ['friends'],
    level: 'second_factor',
  })
  const club = await withApp(product, { name: 'club', hosts: ['club.example.net'], groups: ['nobody'] })
  const apps = [photos, vault, club]

  /** All that somebody holds: a cookie of each host, and a token for each app. */
  async function holds(portal: Browser, email: string, showsFactor: boolean): Promise<Grant[]> {
    const of = { email, showsFactor }
    const held: Grant[] = []
    for (const app of apps) {
      const { value } = await appToken(product, portal, app.name)
      for (const host of app.hosts) {
        const browser = await entering(product, portal, `https://${host}/`)
        held.push({ ...of, kind: 'cookie', secret: browser.cookiesAt(host).get(GATE) ?? '', host })
        held.push({ ...of, kind: 'token', secret: value, host })
      }
    }
    return held
  }
  async function person(isFriend: boolean, make: typeof signedUp | typeof withTwoFactor = signedUp) {
    const { browser, email } = await make(product)
    if (isFriend) await joining(product, email, 'friends')
    return { browser, email, held: await holds(browser, email, make === withTwoFactor) }
  }
  const [friend, owner, stranger] = [await person(true), await person(true, withTwoFactor), await person(false)]
  const [suspended, left, gone] = [await person(true), await person(true), await person(true)]
  await suspend(product.deps, suspended.email, BY)
  await removeMember(product.deps, { group: 'friends', called: left.email }, BY)
  await gone.browser.post('/settings/sessions/everything')

  const isGood = ({ host, kind, showsFactor }: Grant) =>
    host !== 'club.example.net' && (host !== 'vault.example.com' || kind === 'token' || showsFactor)
  const all = [friend, owner, stranger, suspended, left, gone].flatMap(({ held }) => held)
  const grants = [...friend.held, ...owner.held].filter(isGood)
  return {
    ...{ grants, dead: all.filter((grant) => !grants.includes(grant)), hosts: apps.flatMap((app) => app.hosts) },
    sites: apps.flatMap(({ hosts, name }) =>
      hosts.map((host) => ({ host, admin: name === 'photos', open: name === 'photos' })),
    ),
  }
}

/** A request that is right in its kind, and in three of four cases spoilt once or more. */
function made(number: number, seed: number, { grants, dead, hosts, sites }: World) {
  const random = randomFrom(seedOf(seed, number))
  const proxy = random.pick(PROXIES)
  const grant = random.chance(0.75) ? random.pick(random.chance(0.7) ? grants : dead) : undefined
  const host = grant && random.chance(0.85) ? grant.host : random.pick([...hosts, 'unknown.example.test'])
  const path = random.pick(PATHS)
  const request = asksFor(proxy, random.pick(METHODS), host, path)
  if (grant) request.headers.push(show(grant, random))
  if (random.chance(0.5)) for (const [name, value] of Object.entries(NAVIGATION)) request.headers.push([name, value])
  const isSpoilt = random.chance(0.75)
  if (isSpoilt)
    for (let times = random.pick([1, 1, 2, 4]); times > 0; times--)
      random.pick(SPOILS)(random, request, { grants: [...grants, ...dead], sites })
  const mustOpen =
    !isSpoilt && grant !== undefined && grants.includes(grant) && host === grant.host && !/^\/admin/.test(path)
  return { proxy, request, mustOpen }
}

/** What is wrong with an answer, in words. */
function judge(proxy: string, request: Request, answer: Answer, { sites, grants }: World): string[] {
  if (answer.outcome === 'hung') return ['no answer in time']
  if (answer.outcome === 'closed') return []
  const { status } = answer
  const wrong: string[] = []
  if (status >= 500) wrong.push(`status ${status}`)
  const sets = answer.headers.filter(([name, value]) => /^set-cookie$/i.test(name) && value.startsWith(`${GATE}=`))
  if (sets.length > 0) wrong.push('a session for nobody')
  if (status >= 300 && status < 400 && !isNavigation(proxy, request)) wrong.push('a redirect for what is no navigation')
  if (status < 200 || status > 299) return wrong
  const { isLetIn, emails } = entitledBy(proxy, request, sites, grants)
  if (!isLetIn) wrong.push('let in without being entitled to it')
  for (const name of IDENTITY) if (headerOf(answer, name) === undefined) wrong.push(`let in without ${name}`)
  if (!emails.includes(headerOf(answer, 'remote-email') ?? '')) wrong.push('let in as somebody else')
  return wrong
}
