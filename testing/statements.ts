import type { Database } from '#db/client.ts'

type Run = (...values: unknown[]) => unknown
type Statement = { run: Run; all: Run; get: Run }
type Connection = { prepare(text: string): Statement }

/** Every statement from now on, as SQL. Only for SQLite. Call it before wiring the product over the database. */
export function statementsOf({ db }: Database) {
  const { client } = (db as unknown as { session: { client: Connection } }).session
  const prepare = client.prepare.bind(client)
  const known = new WeakSet<Statement>()
  let ran: string[] = []
  client.prepare = (text) => {
    const statement = prepare(text)
    if (known.has(statement)) return statement
    known.add(statement)
    for (const way of ['run', 'all', 'get'] as const) {
      const plain = statement[way].bind(statement)
      statement[way] = (...values) => {
        ran.push(text)
        return plain(...values)
      }
    }
    return statement
  }
  return {
    /** The statements since the last call, without ends of transactions and without the check whether anything changed. */
    take(): string[] {
      const taken = ran.filter((text) => !/^(begin|commit|rollback|pragma|select total_changes)/i.test(text))
      ran = []
      return taken
    },
    /** How SQLite would run it, one step per line. */
    plan(text: string): string[] {
      const values = Array.from({ length: text.split('?').length - 1 }, () => null)
      return (prepare(`explain query plan ${text}`).all(...values) as { detail: string }[]).map(({ detail }) => detail)
    },
  }
}
