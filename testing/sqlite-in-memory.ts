import { type Database, openDatabase } from '#db/client.ts'
import { openSqlite } from '#db/sqlite.ts'

/** SQLite in memory, with all tables and no rows. The migrations take longer than most tests, so they run once. */
export async function sqliteInMemory(): Promise<Database> {
  migrated ??= allTables()
  return openSqlite(':memory:', true, await migrated)
}

let migrated: Promise<Buffer> | undefined

async function allTables(): Promise<Buffer> {
  const database = openDatabase(':memory:')
  await database.migrate()
  const { client } = (database.db as unknown as { session: { client: { serialize(): Buffer } } }).session
  const content = client.serialize()
  await database.close()
  return content
}
