// npm run move-to-postgres -- postgres://…: copies the SQLite database of DATABASE_URL there, while the server is stopped.
import '#app/process/env-file.ts'
import { dirname } from 'node:path'
import { type Config, ConfigError, readConfig } from '#app/config.ts'

const [target = ''] = process.argv.slice(2)

try {
  const from = readConfig(process.env)
  if (!/^postgres(ql)?:\/\//.test(target))
    throw new ConfigError(
      'Name the database to move to: npm run move-to-postgres -- postgres://user:password@host/name',
    )
  if (!from.databaseUrl.startsWith('file:'))
    throw new ConfigError('DATABASE_URL must name the SQLite file to move from, or be unset.')
  const file = from.databaseUrl.slice('file:'.length)
  process.env.DATABASE_URL = target // before the schema is imported, because this decides its kind
  const { move } = await import('./moving.ts')
  const to = { url: target, plain: from.databasePlain }
  const rows = await move(file, to, (table, many) => console.log(`${String(many).padStart(10)}  ${table}`))
  console.log(`${rows} rows moved, and each compared with what it was.\n\n${whatIsNext(file, from)}`)
} catch (error) {
  console.error(`Nothing was moved. ${(error as Error).message}`)
  process.exitCode = 1
}

function whatIsNext(file: string, from: Config): string {
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
