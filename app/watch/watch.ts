import type { Method } from '../events.ts'
import { HashQueueFull } from '../lib/passwords.ts'
import { network } from '../limits.ts'
import type { Client } from '../sign-in/session.ts'
import type { Log, LoggedEvent } from './log.ts'
import type { Metrics } from './metrics.ts'

const MINUTE = 60_000
const REFUSALS_A_MINUTE = 1000 // lines, however many addresses take part in an attack
const FAULTS_A_MINUTE = 100

/** What a transaction wrote, once it is kept. */
type Kept = { events: LoggedEvent[]; sessions: { method: Method; client?: Client | undefined }[] }
type Ended = { ok: true } | { ok: false; reason: string }

export type Watch = ReturnType<typeof createWatch>

/** Where what happens is logged and counted. Nothing here refuses or decides. */
export function createWatch({ log, metrics, now }: { log: Log; metrics: Metrics; now: () => Date }) {
  const refusals = eachMinute<string>(now, REFUSALS_A_MINUTE)
  const faults = eachMinute<unknown>(now, FAULTS_A_MINUTE, log.faultsLeftOut)

  function refused(reason: string, door: Client, address: string) {
    metrics.failed(reason, door)
    if (!UNSEEN.has(reason)) return // the others are security events, or nothing that anybody needs to know
    const line = `${reason} ${network(address)}`
    if (refusals.isNew(line)) log.refused({ reason, door, address })
  }

  return {
    /** A step of signing in, whatever door it came by: `work` is done, and how it ended is counted. */
    async attempt<Result extends Ended>(
      { door, address }: { door: Client; address: string },
      work: () => Promise<Result>,
    ): Promise<Result> {
      try {
        const result = await work()
        if (!result.ok) refused(result.reason, door, address)
        return result
      } catch (error) {
        if (error instanceof HashQueueFull) refused('busy', door, address)
        throw error
      }
    },

    kept({ events, sessions }: Kept) {
      for (const event of events) {
        log.event(event)
        metrics.event(event.kind)
      }
      for (const { method, client = 'browser' } of sessions) metrics.signedIn(method, client)
    },

    fault(error: unknown) {
      metrics.fault()
      if (faults.isNew(error)) log.fault(error)
    },

    housekeepingFailed(error: unknown) {
      metrics.fault()
      log.housekeepingFailed(error)
    },
  }
}

/** Refused before anything was looked at, and so without a row in anybody's log of security events. */
const UNSEEN: ReadonlySet<string> = new Set(['wait', 'blocked', 'busy', 'suspended'])

/** Says yes once a minute to the same thing, and to no more than `most` things. `over` is told how many were too many. */
function eachMinute<Thing>(now: () => Date, most: number, over: (many: number) => void = () => {}) {
  const said = new Set<Thing>()
  let began = Number.NEGATIVE_INFINITY
  let tooMany = 0
  return {
    isNew(thing: Thing): boolean {
      const at = now().getTime()
      if (at - began >= MINUTE) {
        if (tooMany > 0) over(tooMany)
        said.clear()
        tooMany = 0
        began = at
      }
      if (said.has(thing)) return false
      if (said.size < most) return said.add(thing) && true
      tooMany++
      return false
    },
  }
}
