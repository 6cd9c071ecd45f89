// Registers an app at a host, for a group of its own with one member or none: one program, where the commands are three.
import { eq } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { accounts, appGroups, appHosts, apps, groups, memberships } from '#db/schema.ts'
import { newId } from '../app/lib/tokens.ts'

const [host = '', title = '', level = '', email] = process.argv.slice(2)
if (level !== 'password' && level !== 'second_factor') throw new Error(`"${level}" is no level.`)
const { db, close } = openDatabase(process.env.DATABASE_URL ?? '')
const [appId, groupId, createdAt] = [newId(), newId(), new Date()]
await db.insert(groups).values({ id: groupId, name: groupId, createdAt })
if (email !== undefined) {
  const [owner] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
  if (!owner) throw new Error(`There is no account ${email}.`)
  await db.insert(memberships).values({ groupId, accountId: owner.id, addedAt: createdAt })
}
const switches = { takesTokens: 0, tellsIdentity: 1 } as const
await db.insert(apps).values({ id: appId, name: appId, title, level, maxAge: null, ...switches, createdAt })
await db.insert(appHosts).values({ appId, host, position: 0 })
await db.insert(appGroups).values({ appId, groupId })
await close()
