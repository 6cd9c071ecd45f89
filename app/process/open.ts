import { type Database, openDatabase } from '#db/client.ts'
import { housekeepingStore } from '#db/stores/housekeeping.ts'
import type { Config } from '../config.ts'
import { keysInFile, parseKeys } from '../lib/keys.ts'
import { createVault, type Vault } from '../lib/vault.ts'
import { openSecret } from '../two-factor/factor-secret.ts'
import { openCode } from '../two-factor/recovery-codes.ts'

/**
 * Opens the database, brings its tables up to date, and finds the keys. Makes what isn't there yet, unless `mayMake` is false.
 * Throws what an operator can act on.
 */
export async function open(config: Config, { mayMake = true } = {}): Promise<{ database: Database; vault: Vault }> {
  const given = config.keys ? parseKeys(config.keys) : undefined
  const database = openDatabase(config.databaseUrl, {
    pool: config.databasePool,
    timeout: config.databaseTimeout,
    plain: config.databasePlain,
    mayMake,
  })
  try {
    await database.migrate({ mayBegin: mayMake })
    const keys = given ?? keysInFile(config.keyFile, mayMake && !(await housekeepingStore(database).hasSealedData()))
    const vault = createVault(keys)
    await tryKeys(vault, database)
    return { database, vault }
  } catch (error) {
    await database.close()
    throw error
  }
}

/**
 * Keys that open nothing of what is there are the wrong ones: nobody with a second factor could sign in, and new secrets
 * would be sealed with them. That some value does not open is a matter of its account alone.
 */
async function tryKeys(vault: Vault, database: Database): Promise<void> {
  const { factors, codes } = await housekeepingStore(database).someSealed()
  if (factors.length === 0) return
  const opens = factors.some((factor) => openSecret(vault, factor)) || codes.some((code) => openCode(vault, code))
  if (opens) return
  const ids = [...new Set(factors.map(({ secret }) => secret.split('.')[0]))].slice(0, 3).join(', ')
  throw new Error(
    `The keys do not open what is in the database: it was sealed with the key ${ids}. Put the key file or LATCHKEY_KEYS back that belongs to this database.`,
  )
}
