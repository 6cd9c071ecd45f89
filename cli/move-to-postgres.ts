import { dirname } from 'node:path'
import { z } from 'zod'
import { type Config, readConfig } from '#app/config.ts'
import { command, Refused, type Terminal, word } from './command/command.ts'

export const moveToPostgres = {
  '': command({
    does: 'Copies the SQLite database of DATABASE_URL to PostgreSQL, while the server is stopped.',
    words: z.object({
      TARGET: word(
        z.string().regex(/^postgres(ql)?:\/\//, 'TARGET must be a URL such as postgres://user:password@host/name.'),
        'The PostgreSQL database: postgres://user:password@host/name',
      ),
    }),
    options: z.object({}),
    async run({ words }, terminal) {
      try {
        return await moveTo(words.TARGET, terminal)
      } catch (error) {
        throw new Refused(`Nothing was moved. ${error instanceof Error ? error.message : error}`)
      }
    },
  }),
}

async function moveTo(target: string, { tell }: Terminal) {
  const from = readConfig(process.env)
  if (!from.databaseUrl.startsWith('file:'))
    throw new Refused('DATABASE_URL must name the SQLite file to move from, or be unset.')
  const file = from.databaseUrl.slice('file:'.length)
  process.env.DATABASE_URL = target // before the schema is imported, because this decides its kind
  const { move } = await import('./moving.ts')
  const tables: Record<string, number> = {}
  const rows = await move(file, { url: target, plain: from.databasePlain }, (table, many) => {
    tables[table] = many
    tell(`${String(many).padStart(10)}  ${table}`)
  })
  const said = `${rows} rows moved, and each compared with what it was.\n\n${whatIsNext(target, file, from)}`
  return { said, data: { rows, tables } }
}

function whatIsNext(target: string, file: string, from: Config): string {
  const to = readConfig({ ...process.env, DATABASE_URL: target })
  const folder = dirname(from.keyFile)
  const settings = [
    `DATABASE_URL=${target.replace(/:[^:@/]*@/, ':…@')}`, // the password stays out of terminals and their logs
    ...(to.keyFile === from.keyFile ? [] : [`DATA_FOLDER=${folder}`]),
  ]
  return `Set ${settings.join(' and ')} and start Latchkey. ${
    from.keys === undefined ? `The keys stay in ${from.keyFile}: back them up with the new database. ` : ''
  }${from.smtpUrl === undefined ? `Mails go on being written into ${from.mailFolder}. ` : ''}${file} is as it was; remove it when all is well.`
}
