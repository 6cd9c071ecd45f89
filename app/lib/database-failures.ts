import { isUntrusted } from './tls.ts'

/** A database that couldn't do its part: no fault in what it was asked. It passes by itself, or when an operator helps. */
export type DatabaseFailure = {
  /** `busy`: others were in the way for too long. `unavailable`: it can't be reached, or can't write. */
  reason: 'busy' | 'unavailable'
  /** After how many another try may go better. */
  seconds: number
}

const BUSY: DatabaseFailure = { reason: 'busy', seconds: 2 } // as long as SQLite waits for its lock
const AWAY: DatabaseFailure = { reason: 'unavailable', seconds: 5 } // about as long as PostgreSQL takes to start
const FULL: DatabaseFailure = { reason: 'unavailable', seconds: 60 } // someone has to make room

/** By the code of the driver: SQLite's result codes, PostgreSQL's SQLSTATE (its manual, appendix A), Node's system errors, our own words. */
const FAILURES: [RegExp, DatabaseFailure][] = [
  [/^SQLITE_(BUSY|LOCKED)/, BUSY],
  [/^(40001|40P01|55P03|57014)$/, BUSY], // serialization, deadlock, lock time-out, statement time-out
  [/^(53300|NO_FREE_CONNECTION)$/, BUSY], // too many connections, there or here
  [/^(08...|57P0[1235]|25P0[34])$/, AWAY], // connection failures, shutdown, start-up, sessions that the server ended
  [/^25006$/, AWAY], // a standby that took over and can't write yet
  [/^(CONNECTION_LOST|NO_ANSWER|NO_TLS)$/, AWAY],
  [/^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/, AWAY],
  [/^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN)|53100|53200|53400|58030)/, FULL], // disk, memory, a configured limit
]

/** Undefined if the database didn't fail. Looks through what wraps the driver's error. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  const found = typeof code === 'string' && FAILURES.find(([codes]) => codes.test(code))
  if (found) return found[1]
  if (typeof code === 'string' && isUntrusted(code)) return AWAY // a certificate that ran out while we ran
  return cause instanceof Error ? databaseFailure(cause) : undefined
}

/** For work that comes round by itself: where others held the database for too long, the next round does it. */
export const unlessBusy = (report: (error: unknown) => void) => (error: unknown) => {
  if (databaseFailure(error)?.reason !== 'busy') report(error)
}
