// Ends an account's wait after "I've lost everything". No setting is shorter than an hour, and a server has no clock to set.
import { eq } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { accounts, recoveries } from '#db/schema.ts'

const [email = ''] = process.argv.slice(2)
const database = openDatabase(process.env.DATABASE_URL ?? '')
const [owner] = await database.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
if (!owner) throw new Error(`There is no account ${email}.`)
await database.db
  .update(recoveries)
  .set({ opensAt: new Date(), mailAt: new Date() })
  .where(eq(recoveries.accountId, owner.id))
await database.close()
