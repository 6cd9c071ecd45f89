// npm run dev:postgres: a real PostgreSQL that keeps its data in data/postgres, and `npm run dev` on it. Ctrl+C stops both.
import '#app/process/env-file.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startPostgres } from './postgres.ts'

const PORT = 54329 // the same at every start, so a database tool finds it again

const postgres = await startPostgres({ keptIn: 'data/postgres', port: PORT })
console.log(`PostgreSQL is at ${postgres.url} · its data is in data/postgres`)
const product = spawn('npm', ['run', '--silent', 'dev'], {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: postgres.url },
})
// The terminal sends Ctrl+C to both; a signal to this process alone is passed on. Embedded PostgreSQL would listen as
// well, and end everything at once while requests are still running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal)
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => product.kill('SIGTERM'))
const [code] = await once(product, 'exit')
await postgres.stop()
process.exit(code ?? 0)
