import { databaseFailure } from '#app/lib/database-failures.ts'
import { reasonOf } from '#app/lib/reasons.ts'
import type { Database } from '#db/client.ts'
import { NOTHING_YET } from '#db/migrations.ts'
import { brokenInvariants, isEncrypted } from '#db/stores/doctor.ts'
import { migrationStore } from '#db/stores/migrations.ts'
import type { Check, Said } from './check.ts'

/** A database that answers nothing, or has no tables yet: nothing else can be said of it. */
export async function whatIsMissing(database: Database): Promise<Said | undefined> {
  try {
    await migrationStore(database).areApplied()
    return undefined
  } catch (error) {
    const says = databaseFailure(error) ? reasonOf(error) : `There is nothing in the database. ${NOTHING_YET}`
    return { check: 'database', is: 'fault', says: says.replace(/\.$/, '') }
  }
}

export const migrations: Check = {
  name: 'migrations',
  async look({ database }) {
    if (!database) return []
    const check = 'migrations'
    if (await migrationStore(database).areApplied()) return [{ check, is: 'ok', says: 'all are applied' }]
    return [{ check, is: 'fault', says: 'some are missing', todo: 'Start this version of Latchkey.' }]
  },
}

export const connection: Check = {
  name: 'database',
  async look({ database, config }) {
    if (!database) return []
    const check = 'database'
    if (database.dialect === 'sqlite') return [{ check, is: 'ok', says: 'SQLite, on this machine' }]
    if (await isEncrypted(database)) return [{ check, is: 'ok', says: 'PostgreSQL, over TLS' }]
    if (!config.databasePlain) return [{ check, is: 'ok', says: 'PostgreSQL, on this machine' }]
    return [{ check, is: 'warning', says: 'PostgreSQL, without TLS', todo: 'Unset DATABASE_PLAIN.' }]
  },
}

export const invariants: Check = {
  name: 'rows',
  async look({ database }) {
    if (!database) return []
    const check = 'rows'
    const broken = await brokenInvariants(database)
    if (broken.length === 0) return [{ check, is: 'ok', says: 'what belongs together is there' }]
    const todo = 'Something else than Latchkey wrote to the database. Restore a backup, or ask us.'
    return broken.map((says) => ({ check, is: 'fault' as const, says, todo }))
  },
}
