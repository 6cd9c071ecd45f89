import { Column, is, Param, Placeholder } from 'drizzle-orm'
import pg from 'pg'
import { shared } from './shared-rows.ts'

type Values = Record<string, unknown>
type Row = unknown[]
type Config = { name: string; text: string }
type Client = { query(config: Config, params: unknown[]): Promise<{ rows: Row[] }> }

/** As Drizzle prepares it: its rows are arrays, which Drizzle turns into objects. */
export type PostgresStatement = {
  execute(values: Values): Promise<unknown[]>
  client: Client
  params: unknown[]
  queryConfig: Config
}

type Asked = { params: unknown[]; resolve(answer: { rows: Row[] }): void; reject(error: unknown): void }

/**
 * A round trip costs more than the read. Everything that one turn asks of a statement goes to the server as one statement,
 * which runs the read for each row of values, in order.
 */
export function readInBatches(statement: PostgresStatement): (values: Values) => Promise<unknown[]> {
  const { client, queryConfig: alone } = statement
  const together = forMany(statement)
  let asked: Asked[] = []

  const send = async () => {
    const batch = asked
    asked = []
    try {
      if (batch.length === 1) for (const { params, resolve } of batch) resolve(await client.query(alone, params))
      else answerEach(batch, (await client.query(together.config, together.columns(batch))).rows)
    } catch (error) {
      for (const { params, resolve, reject } of batch)
        if (batch.length > 1 && isAboutValues(error)) client.query(alone, params).then(resolve, reject)
        else reject(error)
    }
  }
  // Drizzle puts the values in and reads the rows as usual.
  statement.client = {
    query: (_, params) =>
      new Promise((resolve, reject) => {
        if (asked.length === 0) setImmediate(send)
        asked.push({ params, resolve, reject })
      }),
  }
  return async (values) => shared(await statement.execute(values))
}

/** One caller's value that the server refuses (SQLSTATE class 22). The others still get their answers. */
const isAboutValues = (error: unknown) => error instanceof pg.DatabaseError && error.code?.startsWith('22') === true

/** Each row ends with its caller's number, where Drizzle doesn't look because it has a column for each field. */
function answerEach(batch: Asked[], rows: Row[]) {
  const answers = batch.map((): Row[] => [])
  for (const row of rows) answers[(row.at(-1) as number) - 1]?.push(row)
  for (const [index, { resolve }] of batch.entries()) resolve({ rows: answers[index] ?? [] })
}

/** The read as one of many: its placeholders are columns of `asked`, and what all share stays a parameter. */
function forMany({ params, queryConfig }: PostgresStatement) {
  const { name, text } = queryConfig
  const later = params.flatMap((param, index) => (comesLater(param) ? [{ index, type: typeOf(param) }] : []))
  const same = params.flatMap((param, index) => (comesLater(param) ? [] : [index]))
  const read = text.replace(/\$(\d+)/g, (_, number) => {
    const index = Number(number) - 1
    const column = later.findIndex((param) => param.index === index)
    return column < 0 ? `$${later.length + same.indexOf(index) + 1}` : `asked.value_${column}`
  })
  const columns = later.map(({ type }, column) => `$${column + 1}::${type}[]`)
  const names = [...later.map((_, column) => `value_${column}`), 'number']
  return {
    config: {
      ...queryConfig,
      name: `${name}_together`,
      text: `select answer.*, asked.number::int from unnest(${columns}) with ordinality as asked(${names}) cross join lateral (${read}) as answer`,
    },
    columns: (batch: Asked[]) => [
      ...later.map(({ index }) => batch.map((each) => each.params[index])),
      ...same.map((index) => batch[0]?.params[index]),
    ],
  }
}

const comesLater = (param: unknown) => is(param, Placeholder) || (is(param, Param) && is(param.value, Placeholder))

function typeOf(param: unknown): string {
  if (is(param, Param) && is(param.encoder, Column)) return param.encoder.getSQLType()
  throw new Error('A value that comes later has to name its column: PostgreSQL asks for the type.')
}
