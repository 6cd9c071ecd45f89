import type { Config } from '#app/config.ts'
import type { Deps } from '#app/deps.ts'
import { Refused } from './command/command.ts'
import { opened } from './command/opened.ts'

/** The account that `latchkey seed` makes, for development. */
export const SEED = { email: 'ada@example.com', password: 'violet kettle marches north' }

/** As `opened`, but refuses a database that people use. */
export const openedForDevelopment = <Result>(
  work: (deps: Deps) => Promise<Result>,
  may?: { mayMake: boolean },
): Promise<Result> => opened(work, { check: refuseWherePeopleAre, ...may })

function refuseWherePeopleAre({ baseUrl = '' }: Config) {
  if (baseUrl.startsWith('https:') || process.env.NODE_ENV === 'production')
    throw new Refused('This is for development alone: it makes or reads an account whose password everybody knows.')
}
