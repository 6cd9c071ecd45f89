import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Dialect } from './columns.ts'

/** Where drizzle-kit puts them, seen from the sources and from dist/ alike. */
export const migrationsFolder = (of: Dialect) => fileURLToPath(new URL(`../db/migrations/${of}`, import.meta.url))

/** Oldest first. `folderMillis` is when each was made, and its name in the database. */
export const migrationsOf = (dialect: Dialect): MigrationMeta[] =>
  readMigrationFiles({ migrationsFolder: migrationsFolder(dialect) })

/** Throws when the database has a migration that this program does not know: it would write rows that the newer one can not read. */
export function refuseNewer(applied: number[], known: MigrationMeta[]): void {
  if (applied.every((made) => known.some(({ folderMillis }) => folderMillis === made))) return
  throw new Error(
    'The database was brought up to date by a newer version of Latchkey. Start that version, or put back a backup from before.',
  )
}
