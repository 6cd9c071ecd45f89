import { dialect } from './columns.ts'
import { type PostgresStatement, readInBatches } from './reads-of-postgres.ts'
import { readInTurns, type SqliteStatement } from './reads-of-sqlite.ts'
import { type Field, rowsOf } from './rows.ts'
import type { Shared } from './shared-rows.ts'

/** As Drizzle prepares it. `joinsNotNullableMap` is undefined where there is one table. */
type Prepared = {
  fields?: Field[]
  joinsNotNullableMap?: Record<string, boolean>
  customResultMapper?: (rows: unknown[][]) => unknown[]
}

// Building SQL costs more than running it. What many requests ask is built once, at its first use, and gets its values put in. Reads of
// one turn of the event loop run together at its end, so nobody sees less than what was committed before they asked.

/**
 * A statement that is parsed once, for reads that many requests make. Takes the values of its `placeholders`, and returns the
 * rows, which others share. PostgreSQL knows it by `name`.
 */
export function prepared<Values extends object, Row>(
  name: string,
  _placeholders: Values,
  query: PromiseLike<Row[]>,
): (values: NoInfer<Values>) => Promise<readonly Shared<Row>[]> {
  let read: Read | undefined
  return (values) => {
    read ??= readOf(name, query)
    return read(values as Record<string, unknown>) as Promise<readonly Shared<Row>[]>
  }
}

type Read = (values: Record<string, unknown>) => Promise<readonly unknown[]>

function readOf(name: string, query: unknown): Read {
  const statement = (query as { prepare(name: string): Prepared }).prepare(name)
  if (statement.fields) statement.customResultMapper = rowsOf(statement.fields, statement.joinsNotNullableMap)
  return dialect === 'postgres'
    ? readInBatches(statement as unknown as PostgresStatement)
    : readInTurns(statement as unknown as SqliteStatement)
}
