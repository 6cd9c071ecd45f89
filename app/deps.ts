import { type Database, openDatabase } from '#db/client.ts'
import { accessTokenStore } from '#db/stores/access-tokens.ts'
import { accountStore } from '#db/stores/accounts.ts'
import { eventStore } from '#db/stores/events.ts'
import { housekeepingStore } from '#db/stores/housekeeping.ts'
import { limitStore } from '#db/stores/limits.ts'
import { sessionStore } from '#db/stores/sessions.ts'
import { signInStore } from '#db/stores/sign-ins.ts'
import { twoFactorStore } from '#db/stores/two-factor.ts'
import type { Config } from './config.ts'
import { keysInFile, parseKeys } from './lib/keys.ts'
import { createPasswordRules } from './lib/password-rules.ts'
import { createPasswords } from './lib/passwords.ts'
import { createVault, type Vault } from './lib/vault.ts'
import { DELAY } from './limits.ts'
import { factorKinds } from './two-factor/factor-kinds.ts'

/** Everything the use cases need, wired. Each use case names the part it takes (`SignInDeps`, `EnrolDeps` and so on). */
export type Deps = ReturnType<typeof wire>

export type Settings = Pick<
  Config,
  | 'allowEndlessTokens'
  | 'issuer'
  | 'passwordMinLength'
  | 'attemptsPerAddress'
  | 'sessionIdle'
  | 'sessionLifetime'
  | 'trustedProxies'
  | 'smtpUrl'
  | 'mailFolder'
> & { baseUrl: string }

/** `now` is the clock of every rule that knows time. */
export function wire({
  database,
  vault,
  settings,
  now,
}: {
  database: Database
  vault: Vault
  settings: Settings
  now: () => Date
}) {
  const accounts = accountStore(database)
  const events = eventStore(database)
  const signIns = signInStore(database)
  const sessions = sessionStore(database)
  const twoFactor = twoFactorStore(database)
  return {
    now,
    vault,
    baseUrl: settings.baseUrl,
    issuer: settings.issuer,
    trustedProxies: settings.trustedProxies,
    sessionIdle: settings.sessionIdle,
    sessionLifetime: settings.sessionLifetime,
    attemptsPerAddress: settings.attemptsPerAddress,
    passwords: createPasswords(),
    passwordRules: createPasswordRules({
      minLength: settings.passwordMinLength,
      productNames: ['latchkey', settings.issuer],
    }),
    factorKinds: factorKinds({ issuer: settings.issuer }),
    limits: limitStore(database, DELAY),
    sessions,
    accountSessions: sessions,
    accessTokens: accessTokenStore(database),
    allowEndlessTokens: settings.allowEndlessTokens,
    /** Whether mail reaches people. Where it does not, it lies in the folder, and pages say so. */
    mailDelivery: { configured: settings.smtpUrl !== undefined, folder: settings.mailFolder },
    accounts,
    signIns: { ...signIns, rehash: accounts.rehash, record: events.record },
    secondSteps: { ...signIns, factorsOf: twoFactor.factorsOf, record: events.record },
    passwordConfirmations: { passwordHash: accounts.passwordHash, record: events.record },
    passwordChanges: accounts,
    enrolments: twoFactor,
    keptEnrolments: twoFactor,
    authenticators: twoFactor,
    recoveryCodes: { ...twoFactor, record: events.record },
    disabling: twoFactor,
    activity: events,
    housekeeping: housekeepingStore(database),
  }
}

/** Opens the database, brings its tables up to date, and finds the keys. Throws what an operator can act on. */
export async function open(config: Config): Promise<{ database: Database; vault: Vault }> {
  const given = config.keys ? parseKeys(config.keys) : undefined
  const database = openDatabase(config.databaseUrl)
  try {
    await database.migrate()
    const keys = given ?? keysInFile(config.keyFile, !(await housekeepingStore(database).hasSealedData()))
    return { database, vault: createVault(keys) }
  } catch (error) {
    await database.close()
    throw error
  }
}
