// npm run dev:postgres: a real PostgreSQL whose data is kept in data/postgres, and `npm run dev` on it. Ctrl+C stops both.
import '#app/env-file.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startPostgres } from './postgres.ts'

const PORT = 54329 // the same at every start, so that a tool that looks into the database finds it again

const postgres = await startPostgres({ keptIn: 'data/postgres', port: PORT })
console.log(`PostgreSQL is at ${postgres.url} · its data is in data/postgres`)
const product = spawn('npm', ['run', '--silent', 'dev'], {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL: postgres.url },
})
// Ctrl+C reaches both by themselves; whatever ends this process alone is passed on. The database outlasts who uses it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => product.kill('SIGTERM'))
const [code] = await once(product, 'exit')
await postgres.stop()
process.exit(code ?? 0)
