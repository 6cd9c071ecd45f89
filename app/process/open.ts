import { type Database, openDatabase } from '#db/client.ts'
import { housekeepingStore } from '#db/stores/housekeeping.ts'
import type { Config } from '../config.ts'
import { keysInFile, parseKeys } from '../lib/keys.ts'
import { createVault, keyIdOf, type Vault } from '../lib/vault.ts'
import { KEY } from '../openid/keys.ts'
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
 * Keys that open nothing of what is there are the wrong ones: nobody with a second factor could sign in, no app would get an ID token,
 * and new secrets would be sealed with them. That some value does not open is a matter of its account alone.
 */
export async function tryKeys(vault: Vault, database: Database): Promise<void> {
  const { factors, codes, openidKeys } = await housekeepingStore(database).someSealed()
  const sealed = [...factors.map(({ secret }) => secret), ...openidKeys.map((key) => key.sealed)]
  if (sealed.length === 0) return
  const opens =
    factors.some((factor) => openSecret(vault, factor)) ||
    codes.some((code) => openCode(vault, code)) ||
    openidKeys.some((key) => vault.open(KEY.purpose, KEY.place(key.id), key.sealed))
  if (opens) return
  const ids = [...new Set(sealed.map(keyIdOf))].slice(0, 3).join(', ')
  throw new Error(
    `The keys do not open what is in the database: it was sealed with the key ${ids}. Put the key file or LATCHKEY_KEYS back that belongs to this database.`,
  )
}
