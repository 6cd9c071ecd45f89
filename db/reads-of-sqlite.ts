import type Sqlite from 'better-sqlite3'
import { type Asked, askedIn } from './asked.ts'
import { KeptAnswers } from './kept-answers.ts'
import { shared } from './shared-rows.ts'

type Values = Record<string, unknown>
type Rows = unknown[]

/** As Drizzle prepares it. */
export type SqliteStatement = { all(values: Values): Rows; stmt: { database: Sqlite.Database } }

const readings = new WeakMap<Sqlite.Database, Reading>()

/**
 * Taking and giving back a read's locks costs more than the read, so one turn is one transaction. An answer is kept until
 * somebody writes, in this process or another. SQLite tells, so a kept answer is as good as a new one.
 */
export function readInTurns(statement: SqliteStatement): (values: Values) => Promise<Rows> {
  const { database } = statement.stmt
  const reading = readings.get(database) ?? new Reading(database)
  readings.set(database, reading)
  return (values) => reading.ask(statement, values)
}

class Reading {
  private turn = new Map<SqliteStatement, Map<string, Asked>>()
  private readonly kept = new KeptAnswers()
  private readonly begin: Sqlite.Statement
  private readonly commit: Sqlite.Statement
  /** Changes when another connection commits (sqlite.org/pragma.html#pragma_data_version). */
  private readonly othersWrites: Sqlite.Statement
  private readonly ownWrites: Sqlite.Statement

  constructor(database: Sqlite.Database) {
    this.begin = database.prepare('begin')
    this.commit = database.prepare('commit')
    this.othersWrites = database.prepare('pragma data_version').pluck()
    this.ownWrites = database.prepare('select total_changes()').pluck()
  }

  ask(statement: SqliteStatement, values: Values): Promise<Rows> {
    if (this.turn.size === 0) setImmediate(() => this.readTurn())
    return askedIn(within(this.turn, statement), values)
  }

  private readTurn() {
    const { turn } = this
    this.turn = new Map()
    try {
      this.begin.run()
      try {
        this.kept.only(`${this.othersWrites.get()} ${this.ownWrites.get()}`)
        for (const [statement, asked] of turn) for (const one of asked.values()) this.answer(statement, one)
      } finally {
        this.commit.run()
      }
    } catch (error) {
      for (const asked of turn.values()) for (const { reject } of asked.values()) reject(error)
    }
  }

  private answer(statement: SqliteStatement, { key, values, resolve, reject }: Asked) {
    try {
      let rows = this.kept.get(statement, key)
      if (!rows) {
        rows = shared(statement.all(values))
        this.kept.put(statement, key, rows)
      }
      resolve(rows)
    } catch (error) {
      reject(error)
    }
  }
}

function within(maps: Map<SqliteStatement, Map<string, Asked>>, statement: SqliteStatement): Map<string, Asked> {
  const before = maps.get(statement)
  if (before) return before
  const found = new Map<string, Asked>()
  maps.set(statement, found)
  return found
}
