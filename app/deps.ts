import { type Database, openDatabase } from '#db/client.ts'
import { accessTokenStore } from '#db/stores/access-tokens.ts'
import { accountStore } from '#db/stores/accounts.ts'
import { emailStore } from '#db/stores/emails.ts'
import { eventStore } from '#db/stores/events.ts'
import { housekeepingStore } from '#db/stores/housekeeping.ts'
import { tellingWhatIsKept } from '#db/stores/kept.ts'
import { knownBrowserStore } from '#db/stores/known-browsers.ts'
import { limitStore } from '#db/stores/limits.ts'
import { mailStore } from '#db/stores/mails.ts'
import { migrationStore } from '#db/stores/migrations.ts'
import { notMeStore } from '#db/stores/not-me.ts'
import { panicStore } from '#db/stores/panic.ts'
import { restoredStore } from '#db/stores/restored.ts'
import { sessionStore } from '#db/stores/sessions.ts'
import { signInStore } from '#db/stores/sign-ins.ts'
import { trustedBrowserStore } from '#db/stores/trusted-browsers.ts'
import { twoFactorStore } from '#db/stores/two-factor.ts'
import { writeMail } from '#views/mails/write-mail.ts'
import { READ } from './account/activity.ts'
import type { Config } from './config.ts'
import { createGuesses, type Guesses } from './lib/guesses.ts'
import { keysInFile, parseKeys } from './lib/keys.ts'
import { createPasswordRules } from './lib/password-rules.ts'
import { createPasswords, type HashCost } from './lib/passwords.ts'
import { isLoopback } from './lib/tls.ts'
import { createVault, type Vault } from './lib/vault.ts'
import { DELAY } from './limits.ts'
import type { Mail, Message } from './mail/mail.ts'
import { mailTransport } from './mail/transport.ts'
import type { FactorKind } from './two-factor/factor.http.ts'
import type { FactorKinds } from './two-factor/factor.ts'
import { factorKinds } from './two-factor/factor-kinds.ts'
import { openSecret } from './two-factor/factor-secret.ts'
import { recoveryCodeKind } from './two-factor/factors/recovery-codes/wire.ts'
import { openCode } from './two-factor/recovery-codes.ts'
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
  database: unwatched,
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
  const database = tellingWhatIsKept(unwatched, watch.kept)
  const passwords = createPasswords({ watch: metrics.hashes, cores: settings.hashesAtOnce, cost: passwordCost })
  metrics.watchQueue(passwords)
  const [firstKind, ...otherKinds] = factorKinds({ issuer: settings.issuer })
  const kinds: FactorKinds<FactorKind> = [firstKind, ...otherKinds, ...moreKinds]
  const accounts = accountStore(database)
  const emails = emailStore(database)
  const events = eventStore(database, READ)
  const signIns = signInStore(database)
  const sessions = sessionStore(database)
  const twoFactor = twoFactorStore(database)
  return {
    ...settings,
    now,
    log,
    metrics,
    watch,
    vault,
    passwords,
    passwordRules: createPasswordRules({
      minLength: settings.passwordMinLength,
      siteNames: ['latchkey', settings.issuer, new URL(settings.baseUrl).hostname],
      guesses,
    }),
    factorKinds: kinds,
    limits: limitStore(database, DELAY),
    sessions,
    accountSessions: sessions,
    trustedBrowsers: trustedBrowserStore(database),
    panic: panicStore(database),
    accessTokens: accessTokenStore(database),
    /** Whether mail reaches people. Where it does not, it lies in the folder, and pages say so. */
    mailDelivery: {
      configured: settings.smtpUrl !== undefined,
      // Where people are, a folder of the server is nobody's business and helps none of them.
      folder: isForDevelopment(settings.baseUrl) ? settings.mailFolder : undefined,
    },
    mailing: mailStore(database),
    transport: mailTransport(settings),
    writeMail: (mail: Mail): Message => writeMail(settings.issuer, mail),
    notMe: notMeStore(database),
    accounts: { ...accounts, ...emails },
    emailConfirmations: emails,
    emailChanges: emails,
    passwordResets: emails,
    signIns: { ...signIns, rehash: accounts.rehash, record: events.record },
    secondSteps: {
      ...signIns,
      ...knownBrowserStore(database),
      factorsOf: twoFactor.factorsOf,
      recoveryCodesLeft: twoFactor.recoveryCodesLeft,
      record: events.record,
    },
    recoveryCodeAnswers: recoveryCodeKind(vault),
    passwordConfirmations: { passwordHash: accounts.passwordHash, record: events.record },
    passwordChanges: accounts,
    enrolments: twoFactor,
    keptEnrolments: twoFactor,
    authenticators: twoFactor,
    recoveryCodes: { ...twoFactor, record: events.record },
    disabling: twoFactor,
    activity: events,
    restored: restoredStore(database),
    housekeeping: housekeepingStore(database),
    migrations: migrationStore(database),
    isStopping,
  }
}

const isForDevelopment = (baseUrl: string) => {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'http:' && isLoopback(hostname)
}

/** Opens the database, brings its tables up to date, and finds the keys. Throws what an operator can act on. */
export async function open(config: Config): Promise<{ database: Database; vault: Vault }> {
  const given = config.keys ? parseKeys(config.keys) : undefined
  const database = openDatabase(config.databaseUrl, {
    pool: config.databasePool,
    timeout: config.databaseTimeout,
    plain: config.databasePlain,
  })
  try {
    await database.migrate()
    const keys = given ?? keysInFile(config.keyFile, !(await housekeepingStore(database).hasSealedData()))
    const vault = createVault(keys)
    await tryKeys(vault, database)
    return { database, vault }
  } catch (error) {
    await database.close()
    throw error
  }
}

/**
 * Keys that open nothing of what is there are the wrong ones: nobody with a second factor could sign in, and new secrets
 * would be sealed with them. That some value does not open is a matter of its account alone.
 */
async function tryKeys(vault: Vault, database: Database): Promise<void> {
  const { factors, codes } = await housekeepingStore(database).someSealed()
  if (factors.length === 0) return
  const opens = factors.some((factor) => openSecret(vault, factor)) || codes.some((code) => openCode(vault, code))
  if (opens) return
  const ids = [...new Set(factors.map(({ secret }) => secret.split('.')[0]))].slice(0, 3).join(', ')
  throw new Error(
    `The keys do not open what is in the database: it was sealed with the key ${ids}. Put the key file or LATCHKEY_KEYS back that belongs to this database.`,
  )
}
