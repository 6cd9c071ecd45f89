import { type Column, sql } from 'drizzle-orm'

// Placeholders in a prepared statement for values that come later. To the types, they are the values themselves:
// a name that is misspelt, left out or of another type doesn't compile. The driver would have stored NULL.

export type Columns = Record<string, Column>
export type ValuesOf<Of extends Columns> = { readonly [Name in keyof Of]: Of[Name]['_']['data'] }

/** One for each name, with its column's type, so it is encoded like that column's values. */
export const placeholders = <Of extends Columns>(columns: Of): ValuesOf<Of> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, sql`${sql.param(sql.placeholder(name), column)}`]),
  ) as unknown as ValuesOf<Of>
