import { type Config, readConfig } from '#app/config.ts'
import { type Deps, wire } from '#app/deps.ts'
import { databaseFailure } from '#app/lib/database-failures.ts'
import { reasonOf } from '#app/lib/reasons.ts'
import { open } from '#app/process/open.ts'
import { Refused } from './command.ts'

/**
 * What `work` answers, with the product over the database of the environment and without its server. `Refused` in a sentence if
 * a setting is wrong or the database doesn't open. Unless it `mayMake` one, a database and a key file must be there: those that
 * aren't are settings of another place.
 */
export async function opened<Result>(
  work: (deps: Deps) => Promise<Result>,
  { check, mayMake = false }: { check?: (config: Config) => void; mayMake?: boolean } = {},
) {
  const { config, database, vault } = await orRefused(async () => {
    const config = readConfig(process.env)
    check?.(config)
    return { config, ...(await open(config, { mayMake })) }
  })
  try {
    const baseUrl = config.baseUrl ?? 'http://localhost:3000'
    return await work(wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() }))
  } catch (error) {
    throw databaseFailure(error) ? new Refused(reasonOf(error), { cause: error }) : error
  } finally {
    await database.close()
  }
}

async function orRefused<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new Refused(`Nothing was done. ${reasonOf(error)}`, { cause: error })
  }
}
