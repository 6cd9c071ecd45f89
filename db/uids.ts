import { randomInt } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'

const BEYOND = 2 ** 31 // clients of `/1.0/` read a uid into a signed integer of 32 bits

/**
 * A number that no account has. With a million accounts, one random number in two thousand is taken, so one of four is free. If
 * none is, there is no value, and the column refuses.
 */
export function freeUid(random = () => randomInt(1, BEYOND)): SQL<number> {
  const tries = Array.from({ length: 4 }, () => {
    const uid = sql`cast(${random()} as bigint)`
    return sql`when not exists (select 1 from accounts as others where others.uid = ${uid}) then ${uid}`
  })
  return sql`(case ${sql.join(tries, sql` `)} end)`
}
