import { z } from 'zod'
import {
  consent,
  either,
  matching,
  networks,
  oneOf,
  reachable,
  rowsOf,
  secondFactorLevel,
  setting,
  settingOrNone,
  text,
  webAddress,
  wholeNumber,
} from './setting-kinds.ts'
import { LOG_LEVELS } from './watch/log.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const SIGN_UPS = ['open', 'invited', 'closed'] as const

/**
 * One row for each setting: what the product calls it, what it may be, its variable, its usual value, and what it means.
 * `npm run docs` writes docs/configuration.md and .env.example from them.
 */
export const Settings = z.object({
  port: setting(wholeNumber(0, 65_535), {
    variable: 'PORT',
    usual: '3000',
    means: 'The port to listen on. `0` lets the system choose one.',
  }),
  host: setting(text, {
    variable: 'HOST',
    usual: '127.0.0.1',
    means: 'The address to listen on. `0.0.0.0` listens on all of them.',
  }),
  baseUrl: settingOrNone(webAddress, {
    variable: 'BASE_URL',
    unset: '`http://localhost:PORT`',
    example: 'https://accounts.example.com',
    means: 'The one address that people use.',
    more: 'With `https:`, cookies are `Secure` and begin with `__Host-`, and HSTS is sent. Requests for other hosts get 421.',
  }),
  allowHttp: setting(consent, {
    variable: 'ALLOW_HTTP',
    usual: 'no',
    means: '`yes` lets `BASE_URL` be `http:` on another machine than this. Anyone on the way can then read passwords.',
  }),
  databaseUrl: setting(matching(/^(file:.|postgres(ql)?:\/\/)/, 'start with file: or postgres://'), {
    variable: 'DATABASE_URL',
    usual: 'file:data/latchkey.db',
    example: 'postgres://latchkey:password@127.0.0.1/latchkey',
    means: 'The SQLite file, or a PostgreSQL database.',
    more: 'PostgreSQL is `postgres://latchkey:password@127.0.0.1/latchkey`, for example. On another machine it is reached over TLS and needs a valid certificate; `?sslmode=verify-full&sslrootcert=FILE` names who signed it.',
  }),
  databasePlain: setting(consent, {
    variable: 'DATABASE_PLAIN',
    usual: 'no',
    means: '`yes` allows PostgreSQL on another machine without TLS. Use it only where nobody else is on that network.',
  }),
  databasePool: setting(wholeNumber(1, 1000), {
    variable: 'DATABASE_POOL',
    usual: '10',
    means: 'PostgreSQL only: how many connections each process may open.',
  }),
  databaseTimeout: setting(wholeNumber(1, 300, SECOND), {
    variable: 'DATABASE_TIMEOUT_SECONDS',
    usual: '10',
    means: 'PostgreSQL only: how long a statement may take, and how long a request waits for a connection.',
  }),
  dataFolder: settingOrNone(text, {
    variable: 'DATA_FOLDER',
    unset: 'beside the SQLite file; `data` for PostgreSQL',
    example: 'data',
    means: 'Where the key file is kept and, without `SMTP_URL`, the emails.',
  }),
  workers: setting(wholeNumber(1, 64), {
    variable: 'WORKERS',
    usual: '1',
    means: 'How many processes share the port.',
  }),
  drain: setting(wholeNumber(0, 300, SECOND), {
    variable: 'DRAIN_SECONDS',
    usual: '0',
    means: 'How long to go on taking connections after `SIGTERM`, so that a proxy sees `/readyz` answer 503 first.',
  }),
  keys: settingOrNone(text, {
    variable: 'LATCHKEY_KEYS',
    unset: 'a key file',
    means: 'Each key is `id:base64` of 32 random bytes (`openssl rand -base64 32`). Newest first, separated by commas.',
    more: 'Unset, the key is in `latchkey.keys` in `DATA_FOLDER`, which the first start makes and only its owner can read. **Back it up with the database: without it, no authenticator works.**',
  }),
  usernamesStay: setting(either('fixed', 'free'), {
    variable: 'USERNAMES',
    usual: 'free',
    means: '`fixed` lets nobody change their username.',
  }),
  issuer: setting(
    matching(
      /^[^:?#&%\p{Cc}]{1,64}$/u,
      'be 1 to 64 characters without : ? # & and %, over which some authenticator apps lose the key',
    ),
    {
      variable: 'ISSUER',
      usual: 'Latchkey',
      means: 'The name on every page and in authenticator apps, without `: ? # & %`.',
    },
  ),
  contact: settingOrNone(
    matching(
      /^(https?:\/\/[^\s\p{Cc}"<>]+|[^\s\p{Cc}"<>@,;:/?&%]+@[^\s\p{Cc}"<>@,;:/?&%]+)$/u,
      'be an email address or a URL',
    ),
    {
      variable: 'CONTACT',
      unset: 'nobody is named',
      example: 'help@example.com',
      means: 'Whom people can ask when an app behind the gate does not open: an email address or a URL.',
      more: 'Anyone who opens such an app can read it.',
    },
  ),
  signUps: settingOrNone(oneOf(SIGN_UPS), {
    variable: 'SIGN_UP',
    unset: '`open` where `BASE_URL` is on this machine, else `invited`',
    example: 'invited',
    means: 'Who may make an account: anyone (`open`), those with an invitation (`invited`), or nobody (`closed`).',
    more: 'The first operator may in any case, with the link that the server prints.',
  }),
  secondFactor: setting(secondFactorLevel, {
    variable: 'SECOND_FACTOR',
    usual: 'optional',
    means: '`required` asks everybody for a second factor. Who has none can only set it up, and access tokens stop.',
    more: '`phishing_resistant` asks for a passkey: who has none can only add one, and no code is enough. `latchkey policy set` asks for more, of everybody or of one group, from a date on. Operators always need a second factor.',
  }),
  anyIsMfa: setting(either('any', 'held'), {
    variable: 'OPENID_MFA',
    usual: 'held',
    means:
      '`any` tells apps of a second factor (`acr` `2`, `amr` `mfa`) after a recovery code or in a trusted browser as well.',
    more: 'Otherwise only an authenticator or a passkey counts, which the person holds. For apps that sign people in by OpenID Connect.',
  }),
  rescueApprovals: setting(wholeNumber(1, 2), {
    variable: 'RESCUE_APPROVALS',
    usual: '1',
    means: 'How many operators it takes to let a person set up a lost second factor again.',
  }),
  recoveryDelay: setting(wholeNumber(0, 24 * 30, HOUR), {
    variable: 'RECOVERY_DELAY_HOURS',
    usual: '72',
    means:
      'How long a person who lost everything waits before they may set up a second factor again. `0` turns this off.',
    more: 'They need their password and their mailbox. Meanwhile every mail about it and every page of their account can stop it.',
  }),
  passwordMinLength: setting(wholeNumber(8, 64), {
    variable: 'PASSWORD_MIN_LENGTH',
    usual: '15',
    means: 'How many characters a password needs, never under 8.',
  }),
  attemptsPerAddress: setting(wholeNumber(0, 1_000_000), {
    variable: 'RATE_LIMIT_PER_ADDRESS',
    usual: '100',
    means: 'How many failed attempts an address may make in 15 minutes. `0` turns this limit off.',
  }),
  trustedProxies: setting(networks, {
    variable: 'TRUST_PROXY',
    usual: '',
    example: '127.0.0.1',
    means: 'The proxies whose `X-Forwarded-For` is believed: addresses or networks, as in `127.0.0.1, 10.0.0.0/8`.',
  }),
  smtpUrl: settingOrNone(matching(/^smtps?:\/\/[^/]/, 'be a URL such as smtp://user:password@mail.example.com:587'), {
    variable: 'SMTP_URL',
    unset: 'none',
    example: 'smtp://user:password@mail.example.com:587',
    means: 'The mail server. Write `#` and `/` of a password as `%23` and `%2F`.',
    more: 'It is `smtp://user:password@mail.example.com:587`, for example, or `smtps:` for TLS from the first byte. With a password, or on another machine, it must offer TLS (STARTTLS) with a valid certificate; `NODE_EXTRA_CA_CERTS` names who signed yours. Unset, for development, emails become `.eml` files in the folder `mail` in `DATA_FOLDER`.',
  }),
  smtpPlain: setting(consent, {
    variable: 'SMTP_PLAIN',
    usual: 'no',
    means: '`yes` lets emails and the password go to the mail server without TLS.',
  }),
  mailFrom: settingOrNone(
    matching(
      /^([^\p{Cc}<>]*<)?[^\s\p{Cc}<>@,;]+@[^\s\p{Cc}<>@,;]+>?$/u,
      'be an address such as accounts@example.com or Latchkey <accounts@example.com>',
    ),
    {
      variable: 'MAIL_FROM',
      unset: '`ISSUER <no-reply@…>` at the host of `BASE_URL`',
      example: 'Latchkey <no-reply@accounts.example.com>',
      means: 'The sender of every email.',
    },
  ),
  operatorPages: setting(reachable, {
    variable: 'OPERATOR_PAGES',
    usual: 'on',
    means: 'From where operators reach the pages under `/operate`: `on`, `off`, or networks as in `10.0.0.0/8`.',
    more: 'From everywhere else, these pages answer 404. The command line does all of it too.',
  }),
  metricsToken: settingOrNone(
    matching(/^[\w.~+/-]{16,}=*$/, 'be 16 or more letters and digits: it is a bearer token'),
    {
      variable: 'METRICS_TOKEN',
      unset: 'none',
      means: 'The bearer token that opens `GET /metrics`: 16 or more letters and digits.',
      more: 'Unset, there is no such page.',
    },
  ),
  logLevel: setting(oneOf(LOG_LEVELS), {
    variable: 'LOG_LEVEL',
    usual: 'info',
    means: '`silent`, `error`, `warn`, `info`, or `debug` for a line per request.',
  }),
  allowEndlessTokens: setting(either('allowed', 'refused'), {
    variable: 'TOKENS_NEVER_EXPIRE',
    usual: 'refused',
    means: '`allowed` lets access tokens have no end date.',
  }),
  sessionsInUrls: setting(either('sessions', 'reading'), {
    variable: 'JELASTIC_GET',
    usual: 'reading',
    means: '`sessions` lets existing clients of `/1.0/` put a session in the URL of calls that only read.',
    more: 'Access tokens may stand there in any case, passwords and codes never.',
  }),
  sessionIdle: setting(wholeNumber(1, 60 * 24 * 30, MINUTE), {
    variable: 'SESSION_IDLE_MINUTES',
    usual: '60',
    means: 'A session ends once it has been unused for this long.',
  }),
  sessionLifetime: setting(wholeNumber(1, 24 * 365, HOUR), {
    variable: 'SESSION_HOURS',
    usual: '24',
    means: 'A session ends after this long in any case.',
  }),
  eventsKept: setting(wholeNumber(1, 36_500, DAY), {
    variable: 'EVENTS_KEPT_DAYS',
    usual: '400',
    means: 'How long the log of security events keeps each of them.',
  }),
})

export const SETTING_ROWS = rowsOf(Settings.shape)
