import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '#db/client.ts'

/** One request in which the process may die: at the point number `dieAt`, counted from 1; at none of them for 0. */
type Run = { dieAt: number; passed: string[]; transactions: number }

const current = new AsyncLocalStorage<Run>()

/** Does `work` with its points counted. Returns what the caller needs to set points after it. */
export function counted<Result>(dieAt: number, work: (run: Run) => Result): Result {
  const run = { dieAt, passed: [], transactions: 0 }
  return current.run(run, work, run)
}

/** Here the process may die: by SIGKILL, which nothing of it lives to see. */
export function point(run: Run, name: string): void {
  run.passed.push(name)
  if (run.passed.length !== run.dieAt) return
  process.kill(process.pid, 'SIGKILL')
  for (;;); // not one instruction of the product more
}

/**
 * The same database, whose transactions pass a point before they begin, after each of their statements, before they are
 * committed and after it. The points stand among the statements and are run as they are, so that a new statement brings its
 * own point along; where the transaction is built again, its points are passed again.
 */
export const withPoints = (database: Database): Database => ({
  ...database,
  async atomically(build, options) {
    const run = current.getStore()
    if (!run) return database.atomically(build, options)
    const here = `transaction ${++run.transactions}`
    point(run, `before ${here}`)
    const kept = await database.atomically((tx) => {
      const steps = build(tx)
      const name = (index: number) =>
        index === steps.length - 1 ? `before the commit of ${here}` : `after statement ${index + 1} of ${here}`
      return steps.flatMap((step, index) => [step, asStatement(() => point(run, name(index)))])
    }, options)
    point(run, `after ${here}`)
    return kept
  },
})

/** Runs where a statement would: SQLite's are told to run, PostgreSQL's are awaited. */
const asStatement = (pass: () => void): PromiseLike<unknown> & { run(): void } => ({
  run: pass,
  // biome-ignore lint/suspicious/noThenProperty: a statement is what can be awaited
  then(done) {
    pass()
    return Promise.resolve(undefined).then(done)
  },
})
