import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { Dialect } from './columns.ts'

/** Queries are written once, typed against SQLite; see db/columns.ts for why that is true for PostgreSQL as well. */
export type Db = BetterSQLite3Database

export type Database = {
  db: Db
  dialect: Dialect
  atomically: Atomically
  /**
   * Brings the tables up to date, however many processes try at once. Throws if they are newer than this program, or if there are
   * none and it may not begin.
   */
  migrate(options?: { mayBegin?: boolean }): Promise<void>
  close(): Promise<void>
}

/**
 * Runs the statements in order in one transaction. False, and nothing kept, if a `must` returns no row.
 * If PostgreSQL asks for another try, `build` runs again: it only makes statements, and has no effect of its own.
 * `durable: false` is for what a power cut may forget. It doesn't wait for the disk; the end of the process forgets nothing.
 */
export type Atomically = (build: (tx: Db) => (Statement | Must)[], options?: { durable: boolean }) => Promise<boolean>
export type Build = Parameters<Atomically>[0]
type Statement = PromiseLike<unknown>

export class Must {
  constructor(
    readonly rows: PromiseLike<unknown[]>,
    readonly hear: (rows: unknown[]) => void = () => {},
  ) {}

  /** Throws if these are none. */
  answeredBy(rows: unknown[]): void {
    this.hear(rows)
    if (rows.length === 0) throw new Undone()
  }
}
export class Undone extends Error {}

/** A guarded statement with RETURNING: no row returned undoes the whole transaction. */
export const must = (rows: PromiseLike<unknown[]>) => new Must(rows)

/** The rows that one statement returns, which is a transaction of its own. */
export async function returned<Row>(
  { atomically }: Pick<Database, 'atomically'>,
  build: (tx: Db) => PromiseLike<Row[]>,
): Promise<Row[]> {
  let rows: Row[] = []
  const hear = (found: unknown[]) => {
    rows = found as Row[]
  }
  return (await atomically((tx) => [new Must(build(tx), hear)])) ? rows : []
}

/** True if the transaction was kept, false if a guard undid it. */
export async function kept(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run()
    return true
  } catch (error) {
    if (error instanceof Undone) return false
    throw error
  }
}
