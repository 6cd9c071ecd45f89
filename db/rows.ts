import { Column, getTableName, is, SQL } from 'drizzle-orm'

/** Where the value of a column goes in a row, and the column or the SQL that says what the driver's value means. */
export type Field = { path: string[]; field: unknown }
type Decoder = { mapFromDriverValue(value: unknown): unknown }
type Place = Field & { index: number }

/** `absentAt`: the object is null where this value is null, because a join found nothing. */
type Part = { name: string; absentAt: number | undefined; plan: Plan }
type Plan = { empty: object; values: { name: string; index: number; decoder: Decoder }[]; parts: Part[] }

/**
 * Makes the same rows of what a driver returns as Drizzle does. Drizzle finds out anew for each value where it belongs, and lets each
 * object grow name by name. `notNullable` says of each table whether its join always finds a row.
 */
export function rowsOf(fields: Field[], notNullable: Record<string, boolean> = {}): (rows: unknown[][]) => unknown[] {
  const plan = planOf(
    fields.map((field, index) => ({ ...field, index })),
    notNullable,
  )
  return (rows) => rows.map((values) => made(plan, values))
}

function planOf(places: Place[], notNullable: Record<string, boolean>): Plan {
  const names = [...new Set(places.map(({ path: [name = ''] }) => name))]
  const plan: Plan = { empty: Object.fromEntries(names.map((name) => [name, null])), values: [], parts: [] }
  for (const name of names) {
    const here = places.filter(({ path }) => path[0] === name)
    const [{ path, field, index } = { path: [], field: undefined, index: 0 }] = here
    if (path.length === 1) plan.values.push({ name, index, decoder: decoderOf(field) })
    else {
      const within = here.map((place) => ({ ...place, path: place.path.slice(1) }))
      plan.parts.push({ name, absentAt: absentAt(within, notNullable), plan: planOf(within, notNullable) })
    }
  }
  return plan
}

/** Only where all its columns are of one table: then the first, as the row's name, is null in no row there is. */
function absentAt(places: Place[], notNullable: Record<string, boolean>): number | undefined {
  const columns = places.flatMap(({ field, index }) =>
    is(field, Column) ? [{ table: getTableName(field.table), index }] : [],
  )
  const [first] = columns
  const isOptional = first && !notNullable[first.table] && columns.every(({ table }) => table === first.table)
  return isOptional ? first.index : undefined
}

function decoderOf(field: unknown): Decoder {
  if (is(field, Column)) return field
  const { decoder } = (is(field, SQL) ? field : (field as { sql: SQL }).sql) as unknown as { decoder: Decoder }
  return decoder
}

function made({ empty, values, parts }: Plan, from: unknown[]): object {
  const row: Record<string, unknown> = { ...empty }
  for (const { name, index, decoder } of values) {
    const value = from[index]
    if (value !== null) row[name] = decoder.mapFromDriverValue(value)
  }
  for (const { name, absentAt, plan } of parts)
    if (absentAt === undefined || from[absentAt] !== null) row[name] = made(plan, from)
  return row
}
