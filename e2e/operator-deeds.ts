import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import {
  accounts,
  appGroups,
  appHosts,
  apps,
  clients,
  clientUris,
  groups,
  memberships,
  recoveries,
} from '#db/schema.ts'
import { hashToken, newId } from '../app/lib/tokens.ts'

/** What a test asks of the operator: a command, or rows that would take several commands or a wait. */
export const Deed = z.union([
  z.strictObject({ latchkey: z.array(z.string()) }),
  z.strictObject({ endWait: z.string() }),
  z.strictObject({
    makeApp: z.strictObject({
      host: z.string(),
      title: z.string(),
      level: z.enum(['password', 'second_factor']),
      email: z.string().optional(),
    }),
  }),
  z.strictObject({
    makeClient: z.strictObject({
      ...{ name: z.string(), title: z.string(), secret: z.string(), redirect: z.string(), signedOut: z.string() },
      isThirdParty: z.boolean(),
      email: z.string().optional(),
    }),
  }),
])
export type Deed = z.infer<typeof Deed>
type MakeApp = Extract<Deed, { makeApp: unknown }>['makeApp']
type MakeClient = Extract<Deed, { makeClient: unknown }>['makeClient']

/** Ends an account's wait after "I've lost everything". No setting is shorter than an hour, and a server has no clock to set. */
export async function endWait(db: Db, email: string): Promise<void> {
  const accountId = await idOf(db, email)
  await db
    .update(recoveries)
    .set({ opensAt: new Date(), mailAt: new Date() })
    .where(eq(recoveries.accountId, accountId))
}

const SWITCHES = { takesTokens: 0, tellsIdentity: 1 } as const

/** Registers an app at a host, for a group of its own with one member or none. */
export async function makeApp(db: Db, { host, title, level, email }: MakeApp): Promise<void> {
  const [appId, createdAt] = [newId(), new Date()]
  const groupId = await groupOf(db, email)
  await db.insert(apps).values({ id: appId, name: appId, title, level, maxAge: null, ...SWITCHES, createdAt })
  await db.insert(appHosts).values({ appId, host, position: 0 })
  await db.insert(appGroups).values({ appId, groupId })
}

/** Registers an app that signs people in, for a group of its own with one member or none. */
export async function makeClient(db: Db, asked: MakeClient): Promise<void> {
  const { name, title, secret, redirect, signedOut, isThirdParty, email } = asked
  const [appId, createdAt] = [newId(), new Date()]
  const groupId = await groupOf(db, email, name)
  await db.insert(apps).values({ id: appId, name, title, level: 'password', maxAge: null, ...SWITCHES, createdAt })
  await db.insert(appGroups).values({ appId, groupId })
  await db.insert(clients).values({
    ...{ appId, authMethod: 'client_secret', secretHash: hashToken(secret), signingAlg: 'RS256', needsPkce: 1 },
    ...{ isThirdParty: isThirdParty ? 1 : 0, isStrict: 0, usesDeviceFlow: 1, createdAt },
  })
  await db.insert(clientUris).values([
    { appId, purpose: 'redirect', uri: redirect, position: 0 },
    { appId, purpose: 'signed_out', uri: signedOut, position: 0 },
  ])
}

async function groupOf(db: Db, email: string | undefined, name?: string): Promise<string> {
  const [groupId, createdAt] = [newId(), new Date()]
  await db.insert(groups).values({ id: groupId, name: name ?? groupId, createdAt })
  if (email !== undefined)
    await db.insert(memberships).values({ groupId, accountId: await idOf(db, email), addedAt: createdAt })
  return groupId
}

async function idOf(db: Db, email: string) {
  const [owner] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
  if (!owner) throw new Error(`There is no account ${email}.`)
  return owner.id
}
