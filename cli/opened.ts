import { type Config, readConfig } from '#app/config.ts'
import { type Deps, wire } from '#app/deps.ts'
import { open } from '#app/process/open.ts'
import { Refused } from './command.ts'

/**
 * What `work` answers, with the product over the database of the environment and without its server. `Refused` in a sentence if
 * a setting is wrong or the database doesn't open.
 */
export async function opened<Result>(work: (deps: Deps) => Promise<Result>, check?: (config: Config) => void) {
  const { config, database, vault } = await orRefused(async () => {
    const config = readConfig(process.env)
    check?.(config)
    return { config, ...(await open(config)) }
  })
  try {
    const baseUrl = config.baseUrl ?? 'http://localhost:3000'
    return await work(wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() }))
  } finally {
    await database.close()
  }
}

async function orRefused<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new Refused(`Nothing was done. ${error instanceof Error ? error.message : error}`)
  }
}
