import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../../db/client.ts'
import { Must } from '../../../db/transaction.ts'

/**
 * One request during which the process may die: at point number `dieAt`, counted from 1, or at none for 0. `failAt`: the database
 * fails there instead, as on a full disk, and the process goes on.
 */
type Run = { dieAt: number; failAt: number; passed: string[]; transactions: number }

const NO_SPACE = '53100' // as PostgreSQL says it (its manual, appendix A)

const current = new AsyncLocalStorage<Run>()

/** Runs `work` and counts its points. Returns what the caller needs to set points after it. */
export function counted<Result>(dieAt: number, work: (run: Run) => Result, failAt = 0): Result {
  const run = { dieAt, failAt, passed: [], transactions: 0 }
  return current.run(run, work, run)
}

/** The process may die here, by SIGKILL, which it can't notice. */
export function point(run: Run, name: string): void {
  run.passed.push(name)
  if (run.passed.length === run.failAt) throw Object.assign(new Error(`It failed ${name}.`), { code: NO_SPACE })
  if (run.passed.length !== run.dieAt) return
  process.kill(process.pid, 'SIGKILL')
  for (;;); // not one more instruction of the product
}

/**
 * The same database, whose transactions pass a point before they begin, at the answer of each statement, before the commit
 * and after it. A new statement brings its own point. A transaction that is built again passes its points again. On
 * PostgreSQL, the statements after a point are already on their way, and without a guard among them so is the commit.
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
 * Turns each step of a transaction into the same step with `pass` after it, in order. SQLite runs a statement, or asks a
 * guard for its rows; PostgreSQL awaits either.
 */
function passer() {
  let before: Promise<unknown> = Promise.resolve()
  return function passing(step: PromiseLike<unknown> | Must, pass: () => void): PromiseLike<unknown> | Must {
    if (step instanceof Must) return new Must(passing(step.rows, pass) as PromiseLike<unknown[]>, step.hear)
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
