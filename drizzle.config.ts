import { defineConfig } from 'drizzle-kit'

// The dialect follows DATABASE_URL, as it does in db/columns.ts: `npm run db:generate` runs this once for each.
const postgres = /^postgres(ql)?:/.test(process.env.DATABASE_URL ?? '')

export default defineConfig({
  dialect: postgres ? 'postgresql' : 'sqlite',
  schema: './db/schema.ts',
  out: postgres ? './db/migrations/postgres' : './db/migrations/sqlite',
})
