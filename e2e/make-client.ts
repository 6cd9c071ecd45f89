// Registers an app that signs people in, for a group of its own with one member or none: one program, where the commands are three.
import { eq } from 'drizzle-orm'
import { openDatabase } from '#db/client.ts'
import { accounts, appGroups, apps, clients, clientUris, groups, memberships } from '#db/schema.ts'
import { hashToken, newId } from '../app/lib/tokens.ts'

const [name = '', title = '', secret = '', redirect = '', signedOut = '', thirdParty, email] = process.argv.slice(2)
const { db, close } = openDatabase(process.env.DATABASE_URL ?? '')
const [appId, groupId, createdAt] = [newId(), newId(), new Date()]
await db.insert(groups).values({ id: groupId, name, createdAt })
if (email !== undefined) {
  const [owner] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
  if (!owner) throw new Error(`There is no account ${email}.`)
  await db.insert(memberships).values({ groupId, accountId: owner.id, addedAt: createdAt })
}
const switches = { takesTokens: 0, tellsIdentity: 1 } as const
await db.insert(apps).values({ id: appId, name, title, level: 'password', maxAge: null, ...switches, createdAt })
await db.insert(appGroups).values({ appId, groupId })
await db.insert(clients).values({
  ...{ appId, authMethod: 'client_secret', secretHash: hashToken(secret), signingAlg: 'RS256', needsPkce: 1 },
  ...{ isThirdParty: thirdParty === 'third-party' ? 1 : 0, isStrict: 0, usesDeviceFlow: 1, createdAt },
})
await db.insert(clientUris).values([
  { appId, purpose: 'redirect', uri: redirect, position: 0 },
  { appId, purpose: 'signed_out', uri: signedOut, position: 0 },
])
await close()
