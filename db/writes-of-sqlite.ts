import type Sqlite from 'better-sqlite3'
import { type Build, type Db, Must, Undone } from './transaction.ts'

type Waiting = { build: Build; isDurable: boolean; resolve(kept: boolean): void; reject(error: unknown): void }
type Outcome = boolean | { failed: unknown }

/** Runs `work` when no other process holds the lock. It may run several times, and then nothing of the times before is left. */
type WhenFree = (work: () => Outcome[]) => Promise<Outcome[]>

/**
 * A commit waits for the disk, and everybody waits with it, because the connection is synchronous. So the transactions that are asked for
 * in one turn of the event loop are kept by one commit. Each is still kept or undone by itself, and nobody hears of it before the commit.
 */
export function writeInTurns(connection: Sqlite.Database, db: Db, whenFree: WhenFree) {
  let turn: Waiting[] = []

  // better-sqlite3 refuses async transactions, so the statements are built first and then run one after the other.
  const one = connection.transaction((build: Build) => {
    for (const step of build(db)) {
      if (!(step instanceof Must)) (step as unknown as { run(): void }).run()
      else step.answeredBy((step.rows as unknown as { all(): unknown[] }).all())
    }
  }) // inside another, it is a savepoint of that
  const { immediate: run } = connection.transaction((together: readonly Waiting[]) => together.map(byItself))
  // immediate: takes the write lock at once, so no upgrade fails halfway

  function byItself({ build }: Waiting): Outcome {
    try {
      one(build)
      return true
    } catch (error) {
      if (error instanceof Undone) return false
      if (!connection.inTransaction) throw error // a full disk, say, which has undone the others as well
      return { failed: error }
    }
  }

  // There is one connection and everything on it is synchronous, so nothing else runs while the setting differs.
  const withoutWaiting = (together: readonly Waiting[]) => {
    connection.exec('pragma synchronous = normal')
    try {
      return run(together)
    } finally {
      connection.exec('pragma synchronous = full')
    }
  }

  async function write() {
    const together = turn
    turn = []
    if (together.length === 0) return
    const isDurable = together.some((waiting) => waiting.isDurable)
    try {
      const outcomes = await whenFree(() => (isDurable ? run(together) : withoutWaiting(together)))
      for (const [index, outcome] of outcomes.entries()) {
        if (typeof outcome === 'boolean') together[index]?.resolve(outcome)
        else together[index]?.reject(outcome.failed)
      }
    } catch (error) {
      for (const { reject } of together) reject(error)
    }
  }

  return {
    atomically: (build: Build, { durable: isDurable } = { durable: true }) =>
      new Promise<boolean>((resolve, reject) => {
        if (turn.push({ build, isDurable, resolve, reject }) === 1) setImmediate(write)
      }),
    /** What has been asked for. */
    finish: write,
  }
}
