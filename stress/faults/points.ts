import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '#db/client.ts'
import { Must } from '#db/transaction.ts'

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
 * The same database, whose transactions pass a point before they begin, with the answer of each of their statements, before
 * they are committed and after it. A new statement brings its own point along; where the transaction is built again, its
 * points are passed again. On PostgreSQL the statements after a point are on their way already, and where there is no guard
 * among them the commit is as well.
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
      const passing = passer()
      return steps.map((step, index) => passing(step, () => point(run, name(index))))
    }, options)
    point(run, `after ${here}`)
    return kept
  },
})

type Statement = PromiseLike<unknown> & { run(): void; all(): unknown[] }

/**
 * Makes of each step of a transaction the same step with `pass` after it, one after the other. SQLite tells a statement to
 * run, or asks a guard for its rows; PostgreSQL waits for either.
 */
function passer() {
  let before: Promise<unknown> = Promise.resolve()
  return function passing(step: PromiseLike<unknown> | Must, pass: () => void): PromiseLike<unknown> | Must {
    if (step instanceof Must) return new Must(passing(step.rows, pass) as PromiseLike<unknown[]>)
    const statement = step as Statement
    const passed = <Answer>(answer: Answer) => {
      pass()
      return answer
    }
    return {
      run: () => passed(statement.run()),
      all: () => passed(statement.all()),
      // biome-ignore lint/suspicious/noThenProperty: a statement is what can be awaited
      then(done, failed) {
        const answer = statement.then((rows) => rows) // asked at once
        const inTurn = Promise.all([answer, before]).then(([rows]) => passed(rows))
        before = inTurn.catch(() => {})
        return inTurn.then(done, failed)
      },
    } as Statement
  }
}
