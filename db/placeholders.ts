import { type Column, sql } from 'drizzle-orm'

// Stand in a prepared statement for values that come later. To the types they are the values themselves:
// a name that is misspelt, left out or of another type doesn't compile. The driver would have stored NULL.

type Columns = Record<string, Column>
type DataOf<Of extends Columns> = { readonly [Name in keyof Of]: Of[Name]['_']['data'] }

/** Of a read: each is encoded as the values of its column are, whose type PostgreSQL asks for. */
export const placeholders = <Of extends Columns>(columns: Of): DataOf<Of> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, sql.param(sql.placeholder(name), column)]),
  ) as unknown as DataOf<Of>

/** Of a write, by the names of its values. Columns that are set encode them; a time that is compared needs `sql.param`. */
export const named = <Of extends object>(): Readonly<Of> =>
  new Proxy({} as Of, { get: (_, name) => sql.placeholder(String(name)) })
