import type { Database, Db } from '#db/client.ts'

/** Reads that are built once for each database: tests ask the same again and again, and to build SQL takes longer than to run it. */
export function builtReads<Reads>(build: (db: Db) => Reads): (database: Pick<Database, 'db'>) => Reads {
  const built = new WeakMap<Db, Reads>()
  return ({ db }) => {
    const reads = built.get(db) ?? build(db)
    built.set(db, reads)
    return reads
  }
}
