import { dialect } from './columns.ts'
import { type PostgresStatement, readInBatches } from './reads-of-postgres.ts'
import { readInTurns, type SqliteStatement } from './reads-of-sqlite.ts'
import type { Shared } from './shared-rows.ts'

// Building SQL costs more than running it. What many requests ask is built once, and has its values put in. What is asked in
// one turn of the event loop is read together at its end: nobody sees less than what was committed before he asked.

/**
 * A statement that is parsed once, for reads that many requests make. Takes the values of its `placeholders`, and answers the
 * rows: others get the same ones. `name` is what PostgreSQL knows it by.
 */
export function prepared<Values extends object, Row>(
  name: string,
  _placeholders: Values,
  query: PromiseLike<Row[]>,
): (values: NoInfer<Values>) => Promise<readonly Shared<Row>[]> {
  const statement = (query as unknown as { prepare(name: string): unknown }).prepare(name)
  const read =
    dialect === 'postgres' ? readInBatches(statement as PostgresStatement) : readInTurns(statement as SqliteStatement)
  return read as (values: object) => Promise<readonly Shared<Row>[]>
}
