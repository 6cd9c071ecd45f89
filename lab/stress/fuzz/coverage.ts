import type { Kind } from './people.ts'
import type { Random } from './random.ts'
import { nameOf, type Route } from './route-table.ts'
import { type Answer, headerOf } from './wire.ts'

type Row = {
  path: string
  requests: number
  reached: number
  deep: number
  statuses: Map<string, number>
  /** People who came deep. */
  by: Set<Kind>
  kindsTried: number
}

/** How each route answered, and who got past its guards. */
export class Coverage {
  private readonly rows: Map<string, Row>

  constructor(private readonly routes: readonly Route[]) {
    const row = ({ path }: Route): Row => ({
      ...{ path, requests: 0, reached: 0, deep: 0, kindsTried: 0 },
      statuses: new Map(),
      by: new Set(),
    })
    this.rows = new Map(routes.map((route) => [nameOf(route), row(route)]))
  }

  note(route: Route, kind: Kind | undefined, answer: Answer): void {
    const row = this.rows.get(nameOf(route))
    if (!row) return
    const status = answer.outcome === 'answered' ? String(answer.status) : answer.outcome
    row.requests++
    row.statuses.set(status, (row.statuses.get(status) ?? 0) + 1)
    if (hasReached(answer)) row.reached++
    if (!isDeep(answer)) return
    row.deep++
    if (kind) row.by.add(kind)
  }

  hasDepth = (route: Route): boolean => (this.rows.get(nameOf(route))?.deep ?? 0) > 0

  /** Mostly a person who came deep before, here or nearby. Until there is one, everybody in turn. */
  kindFor(random: Random, route: Route, kinds: readonly Kind[]): Kind {
    const row = this.rows.get(nameOf(route))
    const known = row && row.by.size > 0 ? row.by : this.knownNear(route.path)
    if (known.size > 0 && random.chance(row?.by === known ? 0.75 : 0.4)) return random.pick([...known])
    return kinds[row ? row.kindsTried++ % kinds.length : 0] ?? random.pick(kinds)
  }

  /** Everybody. Those come first who came deep nearby, because each who comes to no good takes a new person. */
  likeliest(route: Route, kinds: readonly Kind[]): Kind[] {
    const near = this.knownNear(route.path)
    return [...kinds].sort((a, b) => Number(near.has(b)) - Number(near.has(a)))
  }

  /** People who came deep at the paths that share the longest beginning with this one. */
  private knownNear(path: string): Set<Kind> {
    for (const parts of [4, 3, 2]) {
      const start = path.split('/').slice(0, parts).join('/')
      const near = [...this.rows.values()].filter((row) => row.path.startsWith(start)).flatMap(({ by }) => [...by])
      if (near.length > 0) return new Set(near)
    }
    return new Set()
  }

  isReached = (route: Route): boolean => (this.rows.get(nameOf(route))?.reached ?? 0) > 0

  unreached = (): Route[] => this.routes.filter((route) => !this.isReached(route))

  /** One line per route: how many requests, how many past the guards, how many of those deep, and the answers. */
  lines(): string[] {
    return [...this.rows].map(([name, { requests, reached, deep, statuses }]) => {
      const answers = [...statuses].sort().map(([status, many]) => `${status}×${many}`)
      const numbers = [requests, reached, deep].map((many) => String(many).padStart(5))
      return `${name.padEnd(62)} ${numbers.join(' ')}  ${answers.join(' ')}`
    })
  }
}

const GUARDED = [400, 401, 403, 404, 405, 410, 413, 415, 417, 421, 431]
/** Of `/1.0/`: not understood, not signed in, not allowed, the code is owed. */
const GUARDED_RESULTS = /"result":(99|701|8202|9001)\b/

function hasReached(answer: Answer): boolean {
  const { outcome, status } = answer
  if (outcome !== 'answered' || status >= 500 || GUARDED.includes(status)) return false
  // Guards redirect and leave cookies alone. Signing out or giving up redirects too, but takes cookies away.
  if (status === 303 && headerOf(answer, 'location')?.startsWith('/sign-in'))
    return headerOf(answer, 'set-cookie') !== undefined
  return !(status === 200 && GUARDED_RESULTS.test(answer.body.toString('latin1', 0, 200)))
}

/** More than a redirect: the route itself answered, or changed what the browser holds. */
const isDeep = (answer: Answer) =>
  hasReached(answer) && (answer.status < 300 || answer.status >= 400 || headerOf(answer, 'set-cookie') !== undefined)
