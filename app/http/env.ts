import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Origin } from '../lib/origin.ts'
import type { Session } from '../sign-in/session.ts'

/** The header set of every answer, and with it the type of JSON: ready to be given to one. */
type Headers = Record<'all' | 'json', Readonly<Record<string, string>>>

/** What every request carries after the middleware of app.ts. */
export type AppEnv = { Bindings: HttpBindings; Variables: { origin: Origin; headers: Headers } }

/** Behind the guard `signedIn` there is a session as well, and with it what the page shows of the account. */
export type SignedInEnv<Viewer extends Session = Session> = {
  Bindings: HttpBindings
  Variables: { origin: Origin; headers: Headers; session: Viewer }
}

/** Whichever of the two. */
// biome-ignore lint/suspicious/noExplicitAny: Hono's Context is invariant in its environment; these functions use none of it
export type AnyContext = Context<any>
