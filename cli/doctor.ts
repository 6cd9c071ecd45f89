import { z } from 'zod'
import { type Config, readConfig } from '#app/config.ts'
import { keysInFile, parseKeys } from '#app/lib/keys.ts'
import { reasonOf } from '#app/lib/reasons.ts'
import { createVault } from '#app/lib/vault.ts'
import { type Database, openDatabase } from '#db/client.ts'
import { command, option, word } from './command/command.ts'
import { type Patient, type Said, said } from './doctor/check.ts'
import { clock } from './doctor/clock.ts'
import { connection, invariants, migrations, whatIsMissing } from './doctor/database.ts'
import { disk, permissions } from './doctor/files.ts'
import { lookedAtGate } from './doctor/gate.ts'
import { keys } from './doctor/keys.ts'
import { mail } from './doctor/mail.ts'
import { openid } from './doctor/openid.ts'
import { passkeys } from './doctor/passkeys.ts'
import { proxy } from './doctor/proxy.ts'
import { site } from './doctor/site.ts'

const CHECKS = [
  clock,
  site,
  proxy,
  mail,
  connection,
  migrations,
  keys,
  passkeys,
  openid(process.versions.node),
  invariants,
  disk,
  permissions,
]

/** Where a proxy listens: a name or an address, and a port. */
const AT = z
  .string()
  .regex(/^(\[[\da-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, '--at is like 127.0.0.1:8443.')
  .transform((text) => {
    const colon = text.lastIndexOf(':')
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
  })

export const doctor = {
  '': command({
    does: 'Looks at everything that Latchkey depends on: a line for each, and what to do.',
    words: z.object({}),
    options: z.object({
      clock: option(z.url({ protocol: /^https?$/, error: '--clock must be a URL.' }), {
        value: 'URL',
        means: 'Compare the clock with the Date that this server sends.',
      }),
      mail: option(z.email('--mail must be an address.'), { value: 'EMAIL', means: 'Send a mail to yourself.' }),
    }),
    run: async ({ options }) => told(await examined({ clockUrl: options.clock, mailTo: options.mail })),
  }),

  gate: command({
    does: 'Asks for an app behind the gate as nobody, through its proxy, and says what got through.',
    words: z.object({
      URL: word(z.url({ protocol: /^https?$/, error: 'URL is a protected page of the app.' }), 'A protected page.'),
    }),
    options: z.object({
      at: option(AT, { value: 'ADDRESS:PORT', means: 'Where the proxy is, if the name leads elsewhere.' }),
    }),
    run: async ({ words, options }) => told(await lookedAtGate({ url: new URL(words.URL), at: options.at })),
  }),
}

const told = (lines: Said[]) => ({
  said: lines.map(inWords).join('\n'),
  data: { checks: lines },
  isNo: lines.some(({ is }) => is === 'fault'),
})

/** Whatever is closed or wrong is a line, and the other checks go on. */
async function examined(asked: Pick<Patient, 'clockUrl' | 'mailTo'>): Promise<Said[]> {
  const lines: Said[] = []
  const tried = <Result>(check: string, work: () => Result, todo?: string): Result | undefined => {
    try {
      return work()
    } catch (error) {
      lines.push({ check, is: 'fault', says: reasonOf(error).replace(/\.$/, ''), ...(todo && { todo }) })
      return undefined
    }
  }
  const config = tried('settings', () => readConfig(process.env), 'docs/configuration.md has all of them.')
  if (!config) return lines
  const connected = tried('database', () => openedAsItIs(config))
  const wrong = connected && (await whatIsMissing(connected))
  if (wrong) lines.push(wrong)
  const database = wrong ? undefined : connected
  const vault = tried('keys', () =>
    createVault(config.keys ? parseKeys(config.keys) : keysInFile(config.keyFile, false)),
  )
  const of: Patient = {
    ...{ config, baseUrl: config.baseUrl ?? `http://localhost:${config.port}`, ...asked },
    ...(database && { database }),
    ...(vault && { vault }),
  }
  for (const check of CHECKS) lines.push(...(await said(check, of)))
  await connected?.close()
  return lines
}

/** Without the migrations, which the server makes. */
function openedAsItIs(config: Config): Database {
  const { databaseUrl, databaseTimeout: timeout, databasePlain: plain } = config
  return openDatabase(databaseUrl, { pool: 1, timeout, plain, mayMake: false })
}

const inWords = ({ is, check, says, todo }: Said) => `${is.padEnd(7)}  ${check}: ${says}.${todo ? ` ${todo}` : ''}`
