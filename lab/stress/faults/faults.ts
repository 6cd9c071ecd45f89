// npm run faults: what we do to the running product, what must hold, and what we saw.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../../tools/postgres.ts'
import type { Row } from './table.ts'

const HELD_FOR = 10_000 // ms that another process holds the lock

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
})
const { database, kills, seed } = values

if (database === 'sqlite' || database === 'postgres') process.exit(await attack(database))
if (database !== undefined) throw new Error('--database must be sqlite or postgres.')
let failed = 0
for (const each of ['sqlite', 'postgres']) failed += await inItsOwnProcess(each)
process.exit(failed > 0 ? 1 : 0)

/** A process speaks to one kind of database, chosen before it imports the schema. */
function inItsOwnProcess(chosen: string) {
  const args = ['--import', 'tsx', import.meta.filename, '--database', chosen, '--kills', kills, '--seed', seed]
  return new Promise<number>((resolve, reject) => {
    spawn(process.execPath, args, { stdio: 'inherit' })
      .once('error', reject)
      .once('close', (code) => resolve(code ?? 1))
  })
}

async function attack(chosen: 'sqlite' | 'postgres'): Promise<number> {
  const postgres = chosen === 'postgres' ? await startPostgres() : undefined
  process.env.DATABASE_URL = postgres?.url ?? ''
  try {
    const { faultTable, killTable } = await import('./table.ts')
    console.log(`\n| Fault, on ${chosen} | Expected | Seen | |\n|---|---|---|---|`)
    let failed = 0
    const said = ({ fault, expected, seen, ok }: Row) => {
      if (!ok) failed++
      console.log(`| ${[fault, expected, seen].map(inOneCell).join(' | ')} | ${ok ? 'ok' : '**not ok**'} |`)
    }
    await faultTable({ heldFor: HELD_FOR, ...(postgres && { postgres }) }, said)
    await killTable(Number(kills), Number(seed), said)
    return failed > 0 ? 1 : 0
  } finally {
    await postgres?.stop()
  }
}

function inOneCell(text: string) {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim()
}
