import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Dialect } from './columns.ts'

/** Where drizzle-kit puts them, seen from the sources or from dist/. */
export const migrationsFolder = (of: Dialect) => fileURLToPath(new URL(`../db/migrations/${of}`, import.meta.url))

const read = new Map<Dialect, MigrationMeta[]>()

/** Oldest first, read from the disk once. `folderMillis` is when each was made, and its name in the database. */
export function migrationsOf(dialect: Dialect): MigrationMeta[] {
  const before = read.get(dialect)
  if (before) return before
  const migrations = readMigrationFiles({ migrationsFolder: migrationsFolder(dialect) })
  read.set(dialect, migrations)
  return migrations
}

/** What to do about a database that the server has never had, for who runs a command on it. */
export const NOTHING_YET = 'Look at DATABASE_URL, or start Latchkey once, which makes what is missing.'

/** Throws if the database has a migration that this program doesn't know: it would write rows that the newer one can't read. */
export function refuseNewer(applied: number[], known: MigrationMeta[]): void {
  if (applied.every((made) => known.some(({ folderMillis }) => folderMillis === made))) return
  throw new Error(
    'The database was brought up to date by a newer version of Latchkey. Start that version, or put back a backup from before.',
  )
}
