import { Column, is, type SQL, type SQLWrapper, type Subquery, sql } from 'drizzle-orm'
import { jsonArray, jsonArrayOfRows } from './columns.ts'
import { rowsOf } from './rows.ts'

type Query<Row> = PromiseLike<Row[]> & { as(alias: 'list'): Subquery }

/**
 * A query's rows as one column of the query around it, so both are one read. The query keeps its order, may name columns of
 * the one around it, and returns columns of tables: as JSON on the way, and as in any other row at the end.
 */
export function listOf<Row>(query: Query<Row>): SQL<Row[]> {
  let built: List | undefined
  const list = () => {
    built ??= build(query)
    return built
  }
  // Built with the query around it, because a start makes many that nobody asks for soon.
  const later: SQLWrapper & { shouldOmitSQLParens(): true } = {
    getSQL: () => list().text,
    shouldOmitSQLParens: () => true,
  }
  return sql`${later}`.mapWith((json: unknown) => list().read(json) as Row[])
}

type List = { text: SQL; read(json: unknown): unknown[] }

function build<Row>(query: Query<Row>): List {
  const list = query.as('list')
  const fields = Object.entries(list._.selectedFields as Record<string, unknown>).map(([key, column]) => {
    if (!is(column, Column)) throw new Error(`A list has columns of tables in it, and ${key} is none.`)
    return { key, column, inList: (list as unknown as Record<string, Column>)[key] }
  })
  const rows = rowsOf(fields.map(({ key, column }) => ({ path: [key], field: column })))
  const row = sql`${jsonArray}(${sql.join(
    fields.map(({ inList }) => sql`${inList}`),
    sql`, `,
  )})`
  return {
    text: sql`(select coalesce(${jsonArrayOfRows}(${row}), '[]') from ${list})`,
    read: (json) => rows((typeof json === 'string' ? JSON.parse(json) : json) as unknown[][]),
  }
}
