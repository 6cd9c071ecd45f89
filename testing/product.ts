import { createApp } from '#app/app.ts'
import { readConfig } from '#app/config.ts'
import { type Deps, type Settings, wire } from '#app/deps.ts'
import type { Guesses } from '#app/lib/guesses.ts'
import type { PasswordRules } from '#app/lib/password-rules.ts'
import type { Vault } from '#app/lib/vault.ts'
import type { FactorKind } from '#app/two-factor/factor.http.ts'
import type { Log } from '#app/watch/log.ts'
import type { Metrics } from '#app/watch/metrics.ts'
import type { Database } from '#db/client.ts'
import { browser, type From } from './browser.ts'
import { testClock } from './clock.ts'
import { testDatabase } from './databases.ts'
import { BASE_URL, GOOD_PASSWORDS } from './names.ts'
import { QUICK } from './quick-hashes.ts'
import { inProcess } from './transport.ts'
import { testVault } from './vault.ts'

export type Latchkey = Awaited<ReturnType<typeof latchkey>>

/** A thread takes a second to read TypeScript. The one of the product is tested by itself, and in the built server. */
const estimatedHere: Pick<Guesses, 'of'> = {
  of: async ({ password, words }) => (await import('#app/lib/estimate.ts')).guessesFor(password, words),
}

/** A password that is known to be good is not judged again: the lists of words take half a second to read. */
function judgedBefore({ minLength, refusal }: PasswordRules): PasswordRules {
  const isGood = (password: string) => minLength <= 15 && GOOD_PASSWORDS.includes(password)
  return { minLength, refusal: async (...of) => (isGood(of[0]) ? undefined : await refusal(...of)) }
}

/** The product over a database of its own. `faults` collects what the server would have reported. */
export async function latchkey(
  settings: Partial<Settings> = {},
  shared: {
    database?: Database
    vault?: Vault
    clock?: ReturnType<typeof testClock>
    log?: Log
    metrics?: Metrics
    guesses?: Pick<Guesses, 'of'>
    /** As operators have it: for what is about the hashes themselves. */
    realHashes?: boolean
    /** Kinds of second factor beside those of the product. */
    moreKinds?: FactorKind[]
    /** In the place of what is wired. */
    parts?: Partial<Deps>
  } = {},
) {
  const database = shared.database ?? (await testDatabase())
  const vault = shared.vault ?? testVault()
  const clock = shared.clock ?? testClock()
  const defaults: Settings = { ...readConfig({}), baseUrl: BASE_URL, attemptsPerAddress: 0 }
  const { log, metrics, guesses = estimatedHere, realHashes = false, moreKinds = [] } = shared
  const wired = wire({
    database,
    vault,
    settings: { ...defaults, ...settings },
    now: clock.now,
    guesses,
    moreKinds,
    ...(!realHashes && { passwordCost: QUICK }),
    ...(log && { log }),
    ...(metrics && { metrics }),
  })
  const passwordRules = shared.guesses ? wired.passwordRules : judgedBefore(wired.passwordRules)
  const deps: Deps = { ...wired, passwordRules, ...shared.parts }
  const faults: unknown[] = []
  const app = createApp(deps, (error) => {
    faults.push(error)
    deps.watch.fault(error)
  })
  const carry = inProcess(app)
  return {
    database,
    vault,
    clock,
    deps,
    app,
    faults,
    carry,
    browser: (of: From = {}) => browser(carry, of),
    close: () => database.close(),
  }
}
