import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { assertInvariants } from '../../../testing/invariants.ts'
import { refreshing, userinfo } from '../../../testing/openid-requests.ts'
import { judge } from './checks.ts'
import { Coverage } from './coverage.ts'
import { type Finding, printable } from './fuzz.ts'
import { spoil } from './hostile.ts'
import { before, judgeOpenid } from './openid-oracle.ts'
import { type Asked, planFor, requestOf, spoilPlan } from './openid-requests.ts'
import { asPerson, heldOf, type OpenidWorld, openidWorld } from './openid-world.ts'
import { randomFrom, seedOf } from './random.ts'
import type { World } from './right.ts'
import { nameOf, type Route, routesOf } from './route-table.ts'
import { type Answer, exchange } from './wire.ts'

const WIDTH = 6
const PATIENCE = 30_000
const TRIES = 4
/** The addresses of the provider. */
export const OF_CLIENTS = /^\/(oauth|\.well-known)\//

export type OpenidFuzzed = { requests: number; statuses: Map<number, number>; coverage: Coverage; findings: Finding[] }

/**
 * Sends what apps, their people and nobody well sends to the addresses of the provider, and compares each answer with who is entitled
 * to it. Every address is reached past its guards.
 */
export async function fuzzOpenid({
  requests,
  seed,
  only = OF_CLIENTS,
  changed = (answer) => answer,
}: {
  requests: number
  seed: number
  /** The paths. */
  only?: RegExp
  /** In the place of the product's own answers. */
  changed?: (answer: Answer, route: Route) => Answer
}): Promise<OpenidFuzzed> {
  const world = await openidWorld()
  const { site } = world
  const routes = routesOf(site.app).filter(({ path }) => OF_CLIENTS.test(path) && only.test(path))
  const coverage = new Coverage(routes)
  const statuses = new Map<number, number>()
  const findings: Finding[] = []
  const { error: reported } = console
  console.error = (...said: unknown[]) =>
    findings.push({ number: 0, what: `written on standard error: ${said.join(' ')}` })
  try {
    await site.fetch('https://latchkey.test/oauth/jwks')
    let next = 0
    const work = async () => {
      while (next < requests) {
        const number = next++
        const route = routes[number % routes.length]
        if (route) await one(number, route)
      }
    }
    await Promise.all(Array.from({ length: WIDTH }, work))
    for (const route of coverage.unreached())
      findings.push({ number: requests, what: `${nameOf(route)}: no request came past the guards` })
    findings.push(...(await afterwards(world)).map((what) => ({ number: requests, what })))
    return { requests, statuses, coverage, findings }
  } finally {
    console.error = reported
    await site.close()
  }

  async function one(number: number, route: Route) {
    const random = randomFrom(seedOf(seed, number))
    const asked = { random, world, route, client: random.pick(clientsAt(route)), visitor: await world.member() }
    const plan = await planned(asked)
    const ways = number < routes.length * 2 || random.chance(0.25) ? [] : spoilPlan(asked, plan)
    const request = requestOf(plan, route)
    if (ways.length > 0 && random.chance(0.35)) ways.push(...spoiled(asked, request))
    const known = before(world, request)
    const answer = changed(await exchange(site.port, request, PATIENCE), route)
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    const wrong = [...judge(request, answer, ways.length === 0), ...judgeOpenid(world, known, request, answer)]
    for (const what of wrong)
      findings.push({ number, what: `${nameOf(route)}: ${what}`, request: printable(request, ways) })
    coverage.note(route, undefined, answer)
    if (ways.length === 0) world.keep(route, plan)
  }

  function clientsAt({ path }: Route) {
    return world.clients.filter(({ hasDevices }) => hasDevices || !path.startsWith('/oauth/device'))
  }

  /** What others do may end a session in the middle of what leads to the request. */
  async function planned(asked: Asked, tries = TRIES): ReturnType<typeof planFor> {
    try {
      return await planFor(asked)
    } catch (error) {
      if (tries <= 1) throw error
      return planned({ ...asked, visitor: await world.member() }, tries - 1)
    }
  }

  function spoiled({ random, visitor }: Asked, request: Parameters<typeof spoil>[1]): string[] {
    const people = world.visitors().map((each) => asPerson(each, heldOf(world, random, ['access'])))
    return spoil(random, request, [...people, asPerson(visitor, 'x')], NOTHING_LEARNT)
  }
}

const NOTHING_LEARNT: World = {
  ...{ document: {} as World['document'], forms: new Map(), pages: new Map(), links: new Set() },
  ...{ paths: new Set(), ids: new Set(['x']) },
}

/** Once everybody has signed out, nothing that was ever given opens anything. */
async function afterwards(world: OpenidWorld): Promise<string[]> {
  const { site, held, clients } = world
  const wrong = site.faults.map((fault) => `a fault: ${inspect(fault)}`)
  await assertInvariants(site.database, world.secrets()).catch((error) => wrong.push(String(error)))
  const visitor = await world.member()
  for (const client of clients) await world.tokens(client, visitor) // of which some are surely still good
  for (const { browser } of world.visitors()) await browser.post('/sign-out')
  for (const { kind, value, client } of held) {
    if (kind === 'access' && (await userinfo(site, value)).status !== 401)
      wrong.push('an access token outlives the session')
    if (kind !== 'refresh' || client.isPublic) continue
    const { status } = await refreshing(site, client, value)
    if (status !== 400) wrong.push(`a refresh token outlives the session: ${status}`)
  }
  assert.ok(held.length > 0, 'something was given')
  return wrong
}
