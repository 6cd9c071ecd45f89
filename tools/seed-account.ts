import { readConfig } from '#app/config.ts'
import { wire } from '#app/deps.ts'
import { open } from '#app/process/open.ts'
import { orSentence } from '../cli/sentence.ts'

/** The account that `npm run seed` makes, for development. */
export const SEED = { email: 'ada@example.com', password: 'violet kettle marches north' }

/** The product over the database of the environment, without its server. Refuses one that people use. */
export async function openForDevelopment() {
  const config = await orSentence(() => readConfig(process.env))
  const baseUrl = config.baseUrl ?? 'http://localhost:3000'
  if (baseUrl.startsWith('https:') || process.env.NODE_ENV === 'production')
    throw new Error('This is for development alone: it makes or reads an account whose password everybody knows.')
  const { database, vault } = await orSentence(() => open(config))
  const deps = wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() })
  return { deps, close: () => database.close() }
}
