import type { Database } from '#db/client.ts'
import { tellingWhatIsKept } from '#db/stores/kept.ts'
import { storesOf } from '#db/stores.ts'
import { writeMail } from '#views/mails/write-mail.ts'
import { wireAccessTokens } from './access-tokens/wire.ts'
import { READ } from './account/activity.ts'
import { wireAccount } from './account/wire.ts'
import type { Config } from './config.ts'
import { wireGate } from './gate/wire.ts'
import { DELAY } from './identity/limits.ts'
import { wireIdentity } from './identity/wire.ts'
import { createGuesses, type Guesses } from './lib/guesses.ts'
import type { HashCost } from './lib/hash-threads.ts'
import { createPasswordRules } from './lib/password-rules.ts'
import { createPasswords } from './lib/passwords.ts'
import type { Vault } from './lib/vault.ts'
import type { Mail, Message } from './mail/mail.ts'
import { wireMail } from './mail/wire.ts'
import { wireOpenid } from './openid/wire.ts'
import { LOOKED_AT } from './operators/event-log.ts'
import { wireOperators } from './operators/wire.ts'
import { wireSignIn } from './sign-in/wire.ts'
import type { FactorKind } from './two-factor/factor.http.ts'
import { wireFactors } from './two-factor/factors/wire.ts'
import { wireTwoFactor } from './two-factor/wire.ts'
import { createLog, type Log } from './watch/log.ts'
import { type Metrics, noMetrics } from './watch/metrics.ts'
import { createWatch } from './watch/watch.ts'

/** Everything the use cases need, wired. Each use case names the part it takes (`SignInDeps`, `EnrolDeps` and so on). */
export type Deps = ReturnType<typeof wire>

/** All of the configuration that rules and routes may ask for. */
export type Settings = Omit<Config, 'baseUrl' | 'keys' | 'databaseUrl'> & { baseUrl: string }

/**
 * `now` is the clock of every rule that knows time. Without a `log` and `metrics`, nobody watches. A `passwordCost` comes
 * from tests alone: no setting has it, so no operator can make hashes weaker.
 */
export function wire({
  database,
  vault,
  settings,
  now,
  log = createLog({ level: 'silent' }),
  metrics = noMetrics,
  guesses = createGuesses({ watch: metrics.hashes }),
  passwordCost,
  isStopping = () => false,
  moreKinds = [],
}: {
  database: Database
  vault: Vault
  settings: Settings
  now: () => Date
  log?: Log
  metrics?: Metrics
  guesses?: Pick<Guesses, 'of'>
  passwordCost?: HashCost | undefined
  isStopping?: () => boolean
  /** Of second factors, after those of the product: the tests bring one. */
  moreKinds?: FactorKind[]
}) {
  const watch = createWatch({ log, metrics, now })
  const stores = storesOf(tellingWhatIsKept(database, watch.kept), {
    delay: DELAY,
    read: READ,
    log: { lookedAt: LOOKED_AT },
  })
  const passwords = createPasswords({ watch: metrics.hashes, cores: settings.hashesAtOnce, cost: passwordCost })
  metrics.watchQueue(passwords)
  return {
    ...settings,
    now,
    isStopping,
    vault,
    log,
    metrics,
    watch,
    passwords,
    passwordRules: createPasswordRules({
      minLength: settings.passwordMinLength,
      siteNames: ['latchkey', settings.issuer, new URL(settings.baseUrl).hostname],
      guesses,
    }),
    housekeeping: stores.housekeeping,
    migrations: stores.migrations,
    writeMail: (mail: Mail): Message => writeMail(settings.issuer, mail),
    ...wireIdentity(stores),
    ...wireMail(stores, settings),
    ...wireFactors({ ...settings, vault, moreKinds }),
    ...wireTwoFactor(stores),
    ...wireAccessTokens(stores),
    ...wireAccount(stores),
    ...wireSignIn(stores),
    ...wireOperators(stores),
    ...wireGate(stores),
    ...wireOpenid(stores, { ...settings, ...wireIdentity(stores), ...wireMail(stores, settings), vault, now }),
  }
}
