import { setTimeout as pause } from 'node:timers/promises'
import type { Vault } from '../lib/vault.ts'
import { type Renewed, SEALED_TABLES, type SealedRow, type SealedTable } from './sealed-values.ts'

export type SealedStore = {
  /** In the order of their keys, after `after`. */
  rowsAfter(table: SealedTable, after: string, atMost: number): Promise<SealedRow[]>
  /** Each in a statement of its own, and only where the row still has what was read. */
  renew(table: SealedTable, changes: { row: SealedRow; renewed: Renewed }[]): Promise<void>
}

export type KeysDeps = { sealedValues: SealedStore; vault: Vault }

/** How many values of each table need a key. */
type Values = Partial<Record<SealedTable, number>>

export type KeyReport = {
  /** `missing`: values in the database were made with it, and we don't have it. */
  keys: { id: string; is: 'newest' | 'old' | 'missing'; values: Values }[]
  /** Old keys that nothing needs any longer. */
  mayGo: string[]
  /** How many rows none of the keys opens, and the first of them. */
  opensWithNone: number
  firstOfThem: { table: SealedTable; key: string; accountId: number | null }[]
}

const AT_ONCE = 500 // rows to read
const LOCKED_AT_ONCE = 100 // rows to change in a transaction: a lock of milliseconds
const PASSES = 5 // what a process with older settings seals meanwhile is found by the next
const NAMED = 100 // rows in a report

/** What is sealed with which key. Changes nothing. */
export async function keyReport(deps: KeysDeps): Promise<KeyReport> {
  return (await pass(deps)).report
}

/**
 * Seals with the newest key whatever another key opens, while people use the site, and says what is left. May be stopped at any
 * moment and run again. `tell` hears how many rows of which table.
 */
export async function reseal(
  deps: KeysDeps,
  tell: (table: SealedTable, rows: number) => void = () => {},
): Promise<KeyReport & { resealed: number }> {
  let resealed = 0
  for (let passes = 1; ; passes++) {
    const { report, renewed } = await pass(deps, async (table, changes) => {
      for (let from = 0; from < changes.length; from += LOCKED_AT_ONCE) {
        const began = performance.now()
        await deps.sealedValues.renew(table, changes.slice(from, from + LOCKED_AT_ONCE))
        await pause(performance.now() - began) // so requests go first
      }
    })
    for (const [table, rows] of renewed) tell(table, rows)
    const inAll = [...renewed.values()].reduce((sum, rows) => sum + rows, 0)
    if (inAll === 0 || passes === PASSES) return { ...report, resealed }
    resealed += inAll
  }
}

type Change = { row: SealedRow; renewed: Renewed }

/** Through all values once. The report is of what was there before `renew`. */
async function pass(
  { sealedValues, vault }: KeysDeps,
  renew?: (table: SealedTable, changes: Change[]) => Promise<void>,
) {
  const needed = new Map<string, Values>(vault.keyIds.map((id) => [id, {}]))
  const renewed = new Map<SealedTable, number>()
  const closed: KeyReport['firstOfThem'] = []
  let opensWithNone = 0
  const seen = new Set<string>()
  for (const table of tablesOf(SEALED_TABLES)) {
    for await (const rows of batches((after) => sealedValues.rowsAfter(table, after, AT_ONCE))) {
      const changes: Change[] = []
      for (const row of rows) {
        const judged = SEALED_TABLES[table](vault, row)
        for (const id of judged.keyIds) seen.add(id)
        for (const id of judged.needs) count(needed, id, table)
        if (judged.renewed) changes.push({ row, renewed: judged.renewed })
        if (judged.opens) continue
        opensWithNone++
        if (closed.length < NAMED) closed.push({ table, key: row.key, accountId: row.accountId })
        for (const id of judged.keyIds) if (!vault.keyIds.includes(id)) count(needed, id, table)
      }
      if (renew && changes.length > 0) await renew(table, changes)
      if (changes.length > 0) renewed.set(table, (renewed.get(table) ?? 0) + changes.length)
    }
  }
  const [newest] = vault.keyIds
  const keys = [...new Set([...vault.keyIds, ...seen])].map((id) => ({
    id,
    is: id === newest ? ('newest' as const) : vault.keyIds.includes(id) ? ('old' as const) : ('missing' as const),
    values: needed.get(id) ?? {},
  }))
  const mayGo = keys.filter(({ is, values }) => is === 'old' && Object.keys(values).length === 0).map(({ id }) => id)
  return { report: { keys, mayGo, opensWithNone, firstOfThem: closed }, renewed }
}

const tablesOf = <Table extends string>(tables: Record<Table, unknown>) => Object.keys(tables) as Table[]

function count(needed: Map<string, Values>, id: string, table: SealedTable) {
  const values = needed.get(id) ?? {}
  values[table] = (values[table] ?? 0) + 1
  needed.set(id, values)
}

async function* batches<Row extends { key: string }>(read: (after: string) => Promise<Row[]>): AsyncGenerator<Row[]> {
  for (let after = ''; ; ) {
    const rows = await read(after)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < AT_ONCE) return
    after = last.key
  }
}
