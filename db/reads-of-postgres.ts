import { Column, fillPlaceholders, is, Param, Placeholder } from 'drizzle-orm'
import pg from 'pg'
import { type Asked, askedIn } from './asked.ts'
import { KeptAnswers } from './kept-answers.ts'
import { shared } from './shared-rows.ts'

type Values = Record<string, unknown>
type Row = unknown[]
type Config = { name: string; text: string; rowMode: 'array' }
type Client = { query(config: Config, params: unknown[]): Promise<{ rows: Row[] }> }

/** As Drizzle prepares it. `customResultMapper` makes objects of its rows. */
export type PostgresStatement = {
  client: Client
  params: unknown[]
  queryConfig: Config
  customResultMapper(rows: Row[]): unknown[]
}

/**
 * What a snapshot sees of the transactions that have ended (PostgreSQL's manual, 9.27.7): two that are alike see the same rows, and no
 * later one is like an earlier. A server that starts again, or takes over from another, begins anew.
 */
const STATE = "pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()::text"
const ASK_STATE: Config = { name: 'state', text: `select ${STATE}`, rowMode: 'array' }

const kept = new WeakMap<Client, KeptAnswers>()

/**
 * A round trip costs more than the read. Everything that one turn asks of a statement goes to the server as one statement, which runs
 * the read for each row of values, in order. An answer is kept until somebody writes: the server says whether anybody has, in the
 * same round trip, so a kept answer is as good as a new one.
 */
export function readInBatches(statement: PostgresStatement): (values: Values) => Promise<unknown[]> {
  const { client } = statement
  const answers = kept.get(client) ?? new KeptAnswers()
  kept.set(client, answers)
  const reading = new Reading(statement, answers)
  return (values) => reading.ask(values)
}

class Reading {
  private turn = new Map<string, Asked>()
  /** Where somebody writes all the time, what is kept would be asked for in vain, and then read in a second round trip. */
  private isCalm = false
  private lastState: string | undefined
  private readonly alone: Config
  private readonly together: ReturnType<typeof forMany>

  constructor(
    private readonly statement: PostgresStatement,
    private readonly kept: KeptAnswers,
  ) {
    const { queryConfig } = statement
    this.alone = { ...queryConfig, text: `select answer.*, ${STATE} from (${queryConfig.text}) as answer` }
    this.together = forMany(statement)
  }

  ask(values: Values): Promise<unknown[]> {
    if (this.turn.size === 0) setImmediate(() => this.readTurn())
    return askedIn(this.turn, values)
  }

  private async readTurn() {
    const asked = [...this.turn.values()]
    this.turn = new Map()
    const hoped = this.isCalm ? asked.filter(({ key }) => this.kept.get(this.statement, key)) : []
    const others = hoped.length === 0 ? asked : asked.filter((each) => !hoped.includes(each))
    const state = await (others.length > 0 ? this.read(others) : this.askState())
    this.isCalm = state !== undefined && state === this.lastState
    this.lastState = state
    const gone = hoped.filter(({ key, resolve }) => {
      const rows = state === undefined ? undefined : this.kept.get(this.statement, key, state)
      if (rows) resolve(rows)
      return rows === undefined
    })
    if (gone.length > 0) await this.read(gone)
  }

  /** Undefined where the server doesn't answer: what is read then fails as it may. */
  private async askState(): Promise<string | undefined> {
    try {
      const { rows } = await this.statement.client.query(ASK_STATE, [])
      return this.stateIs(rows[0]?.[0])
    } catch {
      return this.stateIs(undefined)
    }
  }

  private stateIs(state: unknown): string | undefined {
    const known = typeof state === 'string' ? state : undefined
    this.kept.only(known ?? '')
    return known
  }

  /** The state that was read; undefined where no row says it, or the read failed. */
  private async read(batch: Asked[]): Promise<string | undefined> {
    const { client, params, customResultMapper } = this.statement
    try {
      const filled = batch.map(({ values }) => fillPlaceholders(params, values))
      const [first] = filled
      const { rows } =
        first && filled.length === 1
          ? await client.query(this.alone, first)
          : await client.query(this.together.config, this.together.columns(filled))
      const state = this.stateIs(rows[0]?.at(-1))
      const each = batch.length === 1 ? [rows] : byAsker(batch, rows)
      for (const [index, { key, resolve }] of batch.entries()) {
        const answer = shared(customResultMapper(each[index] ?? []))
        if (state !== undefined) this.kept.put(this.statement, key, answer, state)
        resolve(answer)
      }
      return state
    } catch (error) {
      if (batch.length > 1 && isAboutValues(error)) await Promise.all(batch.map((one) => this.read([one])))
      else for (const { reject } of batch) reject(error)
      return this.stateIs(undefined)
    }
  }
}

/** One caller's value that the server refuses (SQLSTATE class 22). The others still get their answers. */
const isAboutValues = (error: unknown) => error instanceof pg.DatabaseError && error.code?.startsWith('22') === true

/** Each row ends with its caller's number and the state, behind its own columns. */
function byAsker(batch: Asked[], rows: Row[]): Row[][] {
  const answers = batch.map((): Row[] => [])
  for (const row of rows) answers[(row.at(-2) as number) - 1]?.push(row)
  return answers
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
      text: `select answer.*, asked.number::int, ${STATE} from unnest(${columns}) with ordinality as asked(${names}) cross join lateral (${read}) as answer`,
    },
    columns: (filled: unknown[][]) => [
      ...later.map(({ index }) => filled.map((each) => each[index])),
      ...same.map((index) => filled[0]?.[index]),
    ],
  }
}

const comesLater = (param: unknown) => is(param, Placeholder) || (is(param, Param) && is(param.value, Placeholder))

function typeOf(param: unknown): string {
  if (is(param, Param) && is(param.encoder, Column)) return param.encoder.getSQLType()
  throw new Error('A value that comes later has to name its column: PostgreSQL asks for the type.')
}
