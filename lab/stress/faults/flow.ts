import type { EventKind } from '../../../app/identity/security-events.ts'
import type { Browser } from '../../../testing/browser.ts'
import type { Person } from './people.ts'
import type { World } from './world.ts'

export type Answer = Pick<Awaited<ReturnType<Browser['post']>>, 'status' | 'location' | 'headers'>
export type Headers = Record<string, string>

/** What a person does, up to the one request during which the process dies. */
export type Flow = {
  name: string
  /** The row in the log that says it happened. */
  event: EventKind
  /** The transaction that does it, where that isn't the first one. */
  transaction?: number
  begin(world: World): Promise<Begun>
}

/** Rows to compare, and how many events of a kind there are. */
export type Rows = { kept: Record<string, unknown>; count(kind: EventKind): number }

export type Begun = {
  person: Person
  /** What tells whether it happened, where that isn't among the person's own rows. */
  rows?: () => Promise<Rows>
  /** The request. `headers` say where the process dies. */
  send(headers?: Headers): Promise<Answer>
  /** Where the answer leads if it was done. Null: it is no redirect. */
  leadsTo: string | null
  /** What a person sees if nothing was done: everything is as it was, and the same request works again. */
  before(): Promise<void>
  /** What a person sees if it was done. `answered`: the browser has the answer with its new cookies. */
  after(answered: boolean): Promise<void>
}

/** Whether the answer is that of something done. */
export const isDone = ({ status, location }: Answer, { leadsTo }: Pick<Begun, 'leadsTo'>): boolean =>
  status < 400 && location === leadsTo
