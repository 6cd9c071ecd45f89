import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { wrongDatabase, wrongMailServer, wrongSite } from './config-addresses.ts'
import { LOG_LEVELS } from './watch/log.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const wholeNumber = (name: string, least: number, most: number, usual: number) =>
  z.coerce
    .number(`${name} must be a number.`)
    .int(`${name} must be a whole number.`)
    .min(least, `${name} must be at least ${least}.`)
    .max(most, `${name} must be at most ${most}.`)
    .default(usual)

/** Off unless somebody says yes: each gives a protection up. */
const consent = (name: string) => z.enum(['yes', 'no'], `${name} must be yes or no.`).default('no')

const Environment = z.object({
  PORT: wholeNumber('PORT', 0, 65_535, 3000),
  HOST: z.string().default('127.0.0.1'),
  BASE_URL: z
    .url({ protocol: /^https?$/, error: 'BASE_URL must be a URL such as https://accounts.example.com.' })
    .optional(),
  ALLOW_HTTP: consent('ALLOW_HTTP'),
  DATABASE_URL: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/, 'DATABASE_URL must start with file: or postgres://.')
    .default('file:data/latchkey.db'),
  DATABASE_PLAIN: consent('DATABASE_PLAIN'),
  DATA_FOLDER: z.string().optional(),
  DATABASE_POOL: wholeNumber('DATABASE_POOL', 1, 1000, 10),
  DATABASE_TIMEOUT_SECONDS: wholeNumber('DATABASE_TIMEOUT_SECONDS', 1, 300, 10),
  WORKERS: wholeNumber('WORKERS', 1, 64, 1),
  DRAIN_SECONDS: wholeNumber('DRAIN_SECONDS', 0, 300, 0),
  LATCHKEY_KEYS: z.string().optional(),
  ISSUER: z
    .string()
    .regex(
      /^[^:?#&%\p{Cc}]{1,64}$/u,
      'ISSUER must be 1 to 64 characters without : ? # & and %, over which some authenticator apps lose the key.',
    )
    .default('Latchkey'),
  PASSWORD_MIN_LENGTH: wholeNumber('PASSWORD_MIN_LENGTH', 8, 64, 15),
  RATE_LIMIT_PER_ADDRESS: wholeNumber('RATE_LIMIT_PER_ADDRESS', 0, 1_000_000, 100),
  TRUST_PROXY: z.string().default(''),
  SESSION_IDLE_MINUTES: wholeNumber('SESSION_IDLE_MINUTES', 1, 60 * 24 * 30, 60),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^/]/, 'SMTP_URL must be a URL such as smtp://user:password@mail.example.com:587.')
    .optional(),
  SMTP_PLAIN: consent('SMTP_PLAIN'),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^\p{Cc}<>]*<)?[^\s\p{Cc}<>@,;]+@[^\s\p{Cc}<>@,;]+>?$/u,
      'MAIL_FROM must be an address such as accounts@example.com or Latchkey <accounts@example.com>.',
    )
    .optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/-]{16,}=*$/, 'METRICS_TOKEN must be 16 or more letters and digits: it is a bearer token.')
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`).default('info'),
  TOKENS_NEVER_EXPIRE: z
    .enum(['allowed', 'refused'], 'TOKENS_NEVER_EXPIRE must be allowed or refused.')
    .default('refused'),
  JELASTIC_GET: z.enum(['reading', 'sessions'], 'JELASTIC_GET must be reading or sessions.').default('reading'),
  SESSION_HOURS: wholeNumber('SESSION_HOURS', 1, 24 * 365, 24),
  EVENTS_KEPT_DAYS: wholeNumber('EVENTS_KEPT_DAYS', 1, 36_500, 400),
})

export type Config = ReturnType<typeof readConfig>

/** A setting is wrong. The message is one sentence for the operator. */
export class ConfigError extends Error {}

/** Reads and checks the environment, once. Empty values count as unset. Throws `ConfigError`. */
export function readConfig(environment: Record<string, string | undefined>) {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const { data: env, error } = Environment.safeParse(present)
  if (!env) throw new ConfigError(error.issues.map(({ message }) => message).join(' '))
  const wrong = [
    env.BASE_URL && wrongSite(env.BASE_URL, env.ALLOW_HTTP === 'yes'),
    wrongDatabase(env.DATABASE_URL),
    env.SMTP_URL && wrongMailServer(env.SMTP_URL, env.SMTP_PLAIN === 'yes'),
  ].filter((sentence) => sentence)
  if (wrong.length > 0) throw new ConfigError(wrong.join(' '))
  return {
    port: env.PORT,
    host: env.HOST,
    /** Undefined where the port is chosen by the system: then it follows the port. */
    baseUrl: env.BASE_URL ? new URL(env.BASE_URL).origin : env.PORT === 0 ? undefined : `http://localhost:${env.PORT}`,
    databaseUrl: env.DATABASE_URL,
    /** PostgreSQL on another machine may be spoken to without encryption. */
    databasePlain: env.DATABASE_PLAIN === 'yes',
    /** Connections to PostgreSQL that each process holds at most. */
    databasePool: env.DATABASE_POOL,
    /** How long PostgreSQL may take for one statement, and a request wait for a free connection. */
    databaseTimeout: env.DATABASE_TIMEOUT_SECONDS * SECOND,
    /** Processes that share the port. */
    workers: env.WORKERS,
    /** Passwords that each process hashes at a time: together as many as the machine has cores. */
    hashesAtOnce: Math.ceil(availableParallelism() / env.WORKERS),
    /** How long new connections are still taken after the signal to stop. */
    drain: env.DRAIN_SECONDS * SECOND,
    keys: env.LATCHKEY_KEYS,
    keyFile: join(dataFolder(env), 'latchkey.keys'),
    /** Undefined: mail is written into `mailFolder` instead, as files that mail programs open. */
    smtpUrl: env.SMTP_URL,
    /** A mail server may be spoken to without encryption, whatever it is told. */
    smtpPlain: env.SMTP_PLAIN === 'yes',
    mailFrom: env.MAIL_FROM,
    mailFolder: join(dataFolder(env), 'mail'),
    /** Undefined: there are no metrics. */
    metricsToken: env.METRICS_TOKEN,
    logLevel: env.LOG_LEVEL,
    issuer: env.ISSUER,
    passwordMinLength: env.PASSWORD_MIN_LENGTH,
    attemptsPerAddress: env.RATE_LIMIT_PER_ADDRESS,
    trustedProxies: trustedProxies(env.TRUST_PROXY),
    /** Whether an access token may have no end date. */
    allowEndlessTokens: env.TOKENS_NEVER_EXPIRE === 'allowed',
    /** Whether `/1.0/` takes a session from the URL of a GET that only reads; an access token it takes in any case. */
    sessionsInUrls: env.JELASTIC_GET === 'sessions',
    sessionIdle: env.SESSION_IDLE_MINUTES * MINUTE,
    sessionLifetime: env.SESSION_HOURS * HOUR,
    /** How long the log of security events keeps one. */
    eventsKept: env.EVENTS_KEPT_DAYS * DAY,
  }
}

/** For what is kept in files: beside the database file; for PostgreSQL in data/. */
const dataFolder = ({ DATA_FOLDER, DATABASE_URL }: { DATA_FOLDER?: string | undefined; DATABASE_URL: string }) =>
  DATA_FOLDER ?? (DATABASE_URL.startsWith('file:') ? dirname(DATABASE_URL.slice('file:'.length)) : 'data')

/** Addresses and networks, as in `127.0.0.1, 10.0.0.0/8`. */
function trustedProxies(text: string) {
  return text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
      const family = isIP(address)
      const longest = family === 6 ? 128 : 32
      const prefix = bits === undefined ? longest : Number(bits)
      if (!family || prefix > longest)
        throw new ConfigError(`TRUST_PROXY: ${entry} is neither an address nor a network such as 10.0.0.0/8.`)
      return { address, prefix, family: family === 6 ? ('ipv6' as const) : ('ipv4' as const) }
    })
}
