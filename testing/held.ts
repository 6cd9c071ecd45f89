import { must } from '#db/client.ts'

type Query = PromiseLike<unknown[]> & { all(): unknown[] }

/**
 * A query's rows as the guard of a transaction. It says `held` when it has them, and on PostgreSQL keeps them until `free`.
 * On SQLite a transaction is over before anybody else's turn, and holds nothing.
 */
export const holding = (rows: Query, held: () => void, free: Promise<unknown>) =>
  must({
    all() {
      held()
      return rows.all()
    },
    // biome-ignore lint/suspicious/noThenProperty: a statement is run by awaiting it
    then: (done, failed) =>
      rows
        .then(async (locked) => {
          held()
          await free
          return locked
        })
        .then(done, failed),
  } as Query)
