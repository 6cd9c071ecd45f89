import type { Database, Db } from '#db/client.ts'

/** Reads that are built once for each connection: tests ask the same again and again, and to build SQL takes longer than to run it. */
export function builtReads<Reads>(build: (db: Db) => Reads): (database: Pick<Database, 'db'>) => Reads {
  const built = new WeakMap<object, Reads>()
  return ({ db }) => {
    const { $client } = db as Db & { $client: object } // a tester's database may change its connection
    const reads = built.get($client) ?? build(db)
    built.set($client, reads)
    return reads
  }
}
