import type { Method } from '../identity/security-events.ts'
import type { Client } from '../identity/visitor.ts'
import { network } from '../lib/network.ts'
import { HashQueueFull } from '../lib/passwords.ts'
import type { Log, LoggedEvent } from './log.ts'
import type { Metrics } from './metrics.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const REFUSALS_A_MINUTE = 1000 // lines, however many addresses take part in an attack
const FAULTS_A_MINUTE = 100
const CAUSES_AN_HOUR = 100 // why mails fail, in our own words

/** What a transaction wrote, after it was kept. */
type Kept = { events: LoggedEvent[]; sessions: { method: Method; client?: Client | undefined }[] }
/** A factor's refusal has a reason of its own, which tells more. */
type Ended = { ok: true } | { ok: false; reason: string; refusal?: { reason: string } }

export type Watch = ReturnType<typeof createWatch>

/** Logs and counts what happens. Nothing here refuses or decides. */
export function createWatch({ log, metrics, now }: { log: Log; metrics: Metrics; now: () => Date }) {
  const refusals = once<string>(MINUTE, now, REFUSALS_A_MINUTE)
  const faults = once<unknown>(MINUTE, now, FAULTS_A_MINUTE, log.faultsLeftOut)
  const mailFailures = once<string>(HOUR, now, CAUSES_AN_HOUR)
  const hosts = once<string>(MINUTE, now, 1)
  const sites = once<string>(MINUTE, now, 1)

  function refused(reason: string, door: Client, address: string) {
    metrics.failed(reason, door)
    if (!UNSEEN.has(reason)) return // the others are security events, or not worth a line
    const line = `${reason} ${network(address)}`
    if (refusals.isNew(line)) log.refused({ reason, door, address })
  }

  return {
    /** A step of signing in, at whatever door: does `work`, and counts how it ended. */
    async attempt<Result extends Ended>(
      { door, address }: { door: Client; address: string },
      work: () => Promise<Result>,
    ): Promise<Result> {
      try {
        const result = await work()
        if (!result.ok) refused(result.refusal?.reason ?? result.reason, door, address)
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

    /** A try to send a mail failed. Logged once an hour per cause, because each mail is tried for three days. */
    mailFailed(reason: string) {
      if (mailFailures.isNew(reason)) log.mailFailed({ reason })
    },

    /** A request for another host was refused. Usually a proxy doesn't pass `Host` on. */
    otherHost(asked: string, expected: string) {
      if (hosts.isNew(asked)) log.otherHost({ asked, expected })
    },

    /** A form or call came from another site, or a proxy removed what says where it came from. */
    otherSite(asked: string, expected: string) {
      if (sites.isNew(asked)) log.otherSite({ asked, expected })
    },

    housekeepingFailed(error: unknown) {
      metrics.fault()
      log.housekeepingFailed(error)
    },
  }
}

/** Refused before anything was looked at, so nobody's log of security events has a row. */
const UNSEEN: ReadonlySet<string> = new Set(['wait', 'blocked', 'busy', 'suspended', 'account_ended'])

/** Says yes once in `period` to the same thing, and to at most `most` things. `over` hears how many were too many. */
function once<Thing>(period: number, now: () => Date, most: number, over: (many: number) => void = () => {}) {
  const said = new Set<Thing>()
  let began = Number.NEGATIVE_INFINITY
  let tooMany = 0
  return {
    isNew(thing: Thing): boolean {
      const at = now().getTime()
      if (at - began >= period) {
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
