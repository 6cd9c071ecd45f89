// npm run after-restore [-- --keep-passwords]: after a backup was restored, while the server is stopped.
import '#app/process/env-file.ts'
import { closeAfterRestore } from '#app/account/restored.ts'
import { readConfig } from '#app/config.ts'
import { wire } from '#app/deps.ts'
import { open } from '#app/process/open.ts'
import { orSentence } from './sentence.ts'

const KEEP = '--keep-passwords'
const given = process.argv.slice(2)
if (given.some((each) => each !== KEEP)) {
  console.error(`after-restore takes nothing but ${KEEP}.`)
  process.exit(2)
}
const keepPasswords = given.includes(KEEP)

const config = await orSentence(() => readConfig(process.env))
const { database, vault } = await orSentence(() => open(config))
try {
  const baseUrl = config.baseUrl ?? 'http://localhost:3000'
  const deps = wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() })
  const accounts = await closeAfterRestore(deps, { keepPasswords })
  console.log(
    `${accounts} ${accounts === 1 ? 'account' : 'accounts'}: signed out everywhere, access tokens frozen, recovery codes spent. Each makes new ones at the next sign-in. ${
      keepPasswords
        ? 'Passwords are as in the backup.'
        : 'Passwords are closed, and each account is asked for a new one by mail as soon as the server runs.'
    }`,
  )
} finally {
  await database.close()
}
