import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { wrongDatabase, wrongMailServer, wrongSite } from './config-addresses.ts'
import { isLoopback } from './lib/tls.ts'
import { SETTING_ROWS, Settings } from './settings.ts'

/** Every setting of settings.ts, times in milliseconds, and what follows from them. */
export type Config = ReturnType<typeof readConfig>

/** A setting is wrong. The message is one sentence for the operator. */
export class ConfigError extends Error {}

/** Reads and checks the environment, once. Empty values count as unset. Throws `ConfigError`. */
export function readConfig(environment: Record<string, string | undefined>) {
  const given = SETTING_ROWS.map(([name, { variable }]) => [name, environment[variable] || undefined])
  const { data: settings, error } = Settings.safeParse(Object.fromEntries(given))
  if (!settings) throw new ConfigError(error.issues.map(({ message }) => message).join(' '))
  const { port, baseUrl, allowHttp, databaseUrl, dataFolder, smtpUrl, smtpPlain, workers } = settings
  const wrong = [
    baseUrl && wrongSite(baseUrl, allowHttp),
    wrongDatabase(databaseUrl),
    smtpUrl && wrongMailServer(smtpUrl, smtpPlain),
  ].filter((sentence) => sentence)
  if (wrong.length > 0) throw new ConfigError(wrong.join(' '))
  const folder = dataFolder ?? besideDatabase(databaseUrl)
  return {
    ...settings,
    /** Undefined where the system chooses the port: then it follows the port. */
    baseUrl: baseUrl ? new URL(baseUrl).origin : port === 0 ? undefined : `http://localhost:${port}`,
    signUps: settings.signUps ?? (isOnThisMachine(baseUrl) ? 'open' : 'invited'),
    keyFile: join(folder, 'latchkey.keys'),
    /** Emails are written here where there is no `smtpUrl`, as files that mail programs open. */
    mailFolder: join(folder, 'mail'),
    /** Passwords that each process hashes at a time: together as many as the machine has cores. */
    hashesAtOnce: Math.ceil(availableParallelism() / workers),
  }
}

const isOnThisMachine = (baseUrl: string | undefined) => !baseUrl || isLoopback(new URL(baseUrl).hostname)

/** For what is kept in files: where the database file is; for PostgreSQL in data/. */
const besideDatabase = (databaseUrl: string) =>
  databaseUrl.startsWith('file:') ? dirname(databaseUrl.slice('file:'.length)) : 'data'
