import type { Document } from '../../../app/api/v1/document.ts'
import type { Latchkey } from '../../../testing/index.ts'
import { isBusy, judge } from './checks.ts'
import { Coverage } from './coverage.ts'
import { spoil } from './hostile.ts'
import { learn } from './learnt.ts'
import { type Kind, lifeOf, newPerson, type Person } from './people.ts'
import { randomFrom, seedOf } from './random.ts'
import { cookieHeader, listOf, rightRequest, type World } from './right.ts'
import { nameOf, type Route, routeFinder } from './route-table.ts'
import { type Answer, bytesOf, exchange, type Request } from './wire.ts'

export type Finding = { number: number; what: string; request?: string }

export type Fuzzed = {
  seed: number
  requests: number
  statuses: Map<string, number>
  busy: number
  coverage: Coverage
  findings: Finding[]
  people: Person[]
}

type Options = {
  /** Works on the server's database, and makes the people who send the requests. */
  product: Latchkey
  port: number
  routes: Route[]
  kinds: readonly Kind[]
  requests: number
  seed: number
  /** At a time. */
  width?: number
  /** How long an answer may take before it counts as missing. */
  patienceMs?: number
  /** Called four times, after each quarter of the requests, while nothing is on its way. Throws what it finds. */
  between?: (people: Person[], quarter: number) => Promise<void>
}

const HALF_A_MINUTE = 30_000 // far longer than a request may wait for its turn at the password hashes

const ROUNDS = 6

/** Sends requests, half of them right or nearly right, and looks at every answer. */
export async function fuzz(options: Options): Promise<Fuzzed> {
  const { product, port, routes, kinds, requests, seed, width = 6, patienceMs = HALF_A_MINUTE, between } = options
  const document = (await (await product.app.request('/api/openapi.json', { headers: HOST })).json()) as Document
  const world: World = {
    document,
    forms: new Map(),
    pages: new Map(),
    links: new Set(),
    paths: new Set<string>(),
    ids: new Set(),
  }
  const leads = routeFinder(routes)
  const coverage = new Coverage(routes)
  const statuses = new Map<string, number>()
  const findings: Finding[] = []
  const people = new Map<Kind, Promise<Person>>()
  const present: Person[] = []
  let busy = 0
  let sent = 0

  /** A person of that kind: one who is there, or a new one. */
  async function personOf(kind: Kind): Promise<Person> {
    const person = await people.get(kind)
    if (person && !person.isGone && person.requests < lifeOf(kind)) return person
    if (person && (await people.get(kind)) !== person) return personOf(kind)
    const coming = newPerson(product, kind)
    people.set(kind, coming)
    const newcomer = await coming
    if (person) present.splice(present.indexOf(person), 1)
    present.push(newcomer)
    return newcomer
  }

  async function send(number: number, route: Route, person: Person, request: Request, ways: string[]): Promise<Answer> {
    person.requests++
    sent++
    const cookies = cookieHeader(person)
    const answer = await exchange(port, request, patienceMs)
    const outcome = answer.outcome === 'answered' ? String(answer.status) : answer.outcome
    statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1)
    if (isBusy(answer)) busy++
    const isRight = ways.length === 0
    for (const what of judge(request, answer, isRight))
      findings.push({ number, what: `${nameOf(route)} as ${person.kind}: ${what}`, request: printable(request, ways) })
    coverage.note(leads(request.method, request.target.split('?')[0] ?? '') ?? route, person.kind, answer)
    learn({ world, person, request, answer, isRight, isLatest: cookieHeader(person) === cookies, leads })
    return answer
  }

  async function one(number: number, wanted?: { route: Route; kind: Kind }) {
    const random = randomFrom(seedOf(seed, number))
    const route = wanted?.route ?? routes[(number + seed) % routes.length]
    if (!route) throw new Error('There are no routes.')
    const person = await personOf(wanted?.kind ?? coverage.kindFor(random, route, kinds))
    for (const page of wanted ? [...pagesAbove(route), ...pagesBefore(route, person)] : pagesBefore(route, person))
      await send(number, page, person, rightRequest(random, page, person, world), [])
    const request = rightRequest(random, route, person, world)
    const ways =
      !wanted && number % 2 === 1 && (coverage.hasDepth(route) || number > routes.length * 4)
        ? spoil(random, request, present, world)
        : []
    await send(number, route, person, request, ways)
  }

  /** What the person has to look at first: the list with the ids, then the page with the form. */
  function pagesBefore(route: Route, person: Person): Route[] {
    const list = route.path.includes('/:') && !person.lists.has(listOf(route)) ? leads('GET', listOf(route)) : undefined
    const page = hasForm(person, route) ? undefined : world.pages.get(nameOf(route))
    return [list, page].filter((each) => each !== undefined)
  }

  /** The way a person goes: from the list to the thing, and from there to what can be done with it. */
  const pagesAbove = ({ path }: Route) =>
    path.includes('/:')
      ? routes.filter(({ method, path: above }) => method === 'GET' && above !== '/' && path.startsWith(`${above}/`))
      : []

  const hasForm = (person: Person, route: Route) =>
    [...person.forms.keys()].some((action) => leads('POST', action) === route)

  /** Every person looks at every page once, and programs at theirs, because pages say what can be sent. */
  async function look() {
    const all = routes.filter(({ method, path }) => method === 'GET' && !path.startsWith('/assets/'))
    for (const kind of kinds) {
      const person = await personOf(kind)
      const pages = all.filter(({ path }) => isFor(person, path))
      await inTurns(pages.length, width, async (index) => {
        const page = pages[index]
        if (page) await send(index, page, person, rightRequest(randomFrom(seed + index), page, person, world), [])
      })
    }
  }

  /** Everybody tries again what nobody reached by chance, as rightly as possible and with everything they came with. */
  async function insist() {
    for (let round = 0; round < ROUNDS; round++)
      for (const route of coverage.unreached())
        for (const kind of coverage.likeliest(route, kinds)) {
          if (coverage.isReached(route)) break
          const person = await people.get(kind)
          if (person) person.isGone = true
          await one(next++, { route, kind })
        }
  }

  await look()
  let next = 0
  for (let quarter = 1; quarter <= 4; quarter++) {
    const until = Math.ceil((requests * quarter) / 4)
    const from = next
    await inTurns(Math.max(0, until - from), width, async (index) => {
      if (sent < until || from + index < routes.length) await one(from + index)
      next = Math.max(next, from + index + 1)
    })
    await between?.(present, quarter).catch((error: unknown) => {
      findings.push({ number: next, what: error instanceof Error ? error.message : String(error) })
    })
  }
  await insist()
  for (const route of coverage.unreached())
    findings.push({ number: sent, what: `${nameOf(route)}: no request came past the guards` })
  return { seed, requests: sent, statuses, busy, coverage, findings, people: present }
}

const OF_PROGRAMS = /^\/(api\/v|1\.0\/|metrics$)/

/** The page behind a link in a mail removes other links. */
const isFor = ({ page, bearer }: Person, path: string) =>
  page !== undefined ? path === page : OF_PROGRAMS.test(path) === (bearer !== undefined)

const HOST = { Host: 'latchkey.test' }

/** `work` for 0 to `many` - 1, `width` at a time. */
async function inTurns(many: number, width: number, work: (index: number) => Promise<void>) {
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < many) await work(next++)
    }),
  )
}

/** A request as text for a shell: printf '…' | nc. Long runs are described, not shown. */
export function printable(request: Request, ways: string[] = []): string {
  const text = bytesOf(request)
    .toString('latin1')
    .replaceAll(/(.)\1{99,}/gs, (run, of) => `⟨${run.length} × ${of}⟩`)
  const shown = JSON.stringify(text.length > 3_000 ? `${text.slice(0, 3_000)}…` : text)
  return ways.length > 0 ? `${shown} (spoilt: ${ways.join(', ')})` : shown
}
