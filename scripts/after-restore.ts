// npm run after-restore: with the server stopped, after the database was put back from a backup.
import '#app/env-file.ts'
import { closeAfterRestore } from '#app/account/restored.ts'
import { readConfig } from '#app/config.ts'
import { open, wire } from '#app/deps.ts'
import { orSentence } from './sentence.ts'

const config = await orSentence(() => readConfig(process.env))
const { database, vault } = await orSentence(() => open(config))
try {
  const baseUrl = config.baseUrl ?? 'http://localhost:3000'
  const deps = wire({ database, vault, settings: { ...config, baseUrl }, now: () => new Date() })
  const accounts = await closeAfterRestore(deps)
  console.log(
    `${accounts} ${accounts === 1 ? 'account' : 'accounts'}: signed out everywhere, access tokens frozen, recovery codes spent. Each makes new ones at the next sign-in.`,
  )
} finally {
  await database.close()
}
