import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Origin } from '../lib/origin.ts'

/** The header set of every answer, and with it the type of JSON: ready to be given to one. */
type Headers = Record<'all' | 'json', Readonly<Record<string, string>>>

/** What every request carries after the middleware of app.ts. */
export type AppEnv = {
  Bindings: HttpBindings
  Variables: {
    origin: Origin
    headers: Headers
    /** What it is counted as, where no route tells. */
    route?: string
  }
}

/** A request that may come from anybody. */
export type AppContext = Context<AppEnv>

/** Where the kind of request does not matter: whether there is a session, and what else it carries. */
// biome-ignore lint/suspicious/noExplicitAny: Hono's Context is invariant in its environment; these functions use none of it
export type AnyContext = Context<any>
