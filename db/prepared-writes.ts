import type Sqlite from 'better-sqlite3'
import { DrizzleQueryError, getTableColumns, is, Param, Placeholder } from 'drizzle-orm'
import type { SQLiteInsertBase, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from './client.ts'
import { type Columns, placeholders, type ValuesOf } from './placeholders.ts'

type Values = Record<string, unknown>
type Built = { toSQL(): { sql: string; params: unknown[] } }

/**
 * A write that is built at its first use. From then on it is a step of any transaction, run once for each of the values.
 * They have the names and types of `columns`. PostgreSQL knows the write by its `name`.
 */
export const preparedWrite = <Of extends Columns>(
  name: string,
  columns: Of,
  build: (tx: Db, later: ValuesOf<Of>) => Built,
): ((tx: Db, ...values: ValuesOf<Of>[]) => PromiseLike<unknown[]>) =>
  builtOnce(name, (tx) => build(tx, placeholders(columns)))

/** Whole rows of a table. A column that a row leaves out has its default, or is null. */
export function preparedInsert<Table extends SQLiteTable>(
  name: string,
  table: Table,
  finish: Finish = (insert) => insert,
): (tx: Db, ...rows: Table['$inferInsert'][]) => PromiseLike<unknown[]> {
  const columns = getTableColumns(table)
  const defaults = Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, column.default]))
  return builtOnce(
    name,
    (tx) => finish(tx.insert(table as SQLiteTable).values(placeholders(columns as Columns))),
    defaults,
  )
}
type Finish = (insert: SQLiteInsertBase<SQLiteTable, 'sync', unknown>) => Built

const builtOnce = (name: string, build: (tx: Db) => Built, defaults: Values = {}) => {
  let write: Write | undefined
  return (tx: Db, ...values: Values[]) => {
    write ??= writeOf(name, build(tx), defaults)
    return new Step(write, connectionOf(tx), values)
  }
}

type Write = { name: string; text: string; params: ((values: Values) => unknown)[] }
type Connection = Sqlite.Database | { query(of: { name: string; text: string; values: unknown[] }): Promise<Answer> }
type Answer = { rows: unknown[] }

function writeOf(name: string, built: Built, defaults: Values): Write {
  const { sql: text, params } = built.toSQL()
  return { name, text, params: params.map((param) => reading(param, defaults)) }
}

/** How to read a parameter of the finished statement from the values. */
function reading(param: unknown, defaults: Values): (values: Values) => unknown {
  if (is(param, Placeholder)) return (values) => given(param.name, values, defaults)
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param
  const { name } = param.value
  return (values) => {
    const value = given(name, values, defaults)
    return value === null ? null : param.encoder.mapToDriverValue(value)
  }
}

/** Null if the values or the table say so. A name without a value is our fault. */
function given(name: string, values: Values, defaults: Values): unknown {
  if (!(name in values) && !(name in defaults)) throw new Error(`There is no value for the placeholder ${name}.`)
  return values[name] ?? defaults[name] ?? null
}

/** SQLite's only connection, or the one that PostgreSQL's transaction runs on. */
const connectionOf = (tx: Db) => (tx as unknown as { session: { client: Connection } }).session.client

/** What `atomically` takes: SQLite runs it, PostgreSQL waits for it. */
class Step implements PromiseLike<unknown[]> {
  constructor(
    private readonly write: Write,
    private readonly connection: Connection,
    private readonly values: Values[],
  ) {}

  run(): void {
    this.all()
  }

  /** The rows of its RETURNING. */
  all(): unknown[] {
    const statement = (this.connection as Sqlite.Database).prepare(this.write.text)
    const rows: unknown[] = []
    for (const values of this.values) {
      if (statement.reader) rows.push(...statement.all(...this.params(values)))
      else statement.run(...this.params(values))
    }
    return rows
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited, as Drizzle's own statements are
  then<Done = unknown[], Failed = never>(
    done?: ((rows: unknown[]) => Done | PromiseLike<Done>) | null,
    failed?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.execute().then(done, failed)
  }

  private async execute(): Promise<unknown[]> {
    if (!('query' in this.connection)) return this.all()
    const { name, text } = this.write
    const { connection } = this
    const answers = this.values.map((values) => {
      const params = this.params(values)
      return connection.query({ name, text, values: params }).catch((error) => {
        throw new DrizzleQueryError(text, params, error) // the way unprepared statements fail
      })
    }) // all at once, and the rest of the transaction right behind
    return (await Promise.all(answers)).flatMap(({ rows }) => rows)
  }

  private params(values: Values): unknown[] {
    return this.write.params.map((read) => read(values))
  }
}
