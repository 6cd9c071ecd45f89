import { hashToken, newId } from '#app/lib/tokens.ts'
import * as schema from '#db/schema.ts'
import type { Latchkey } from './product.ts'
import { manyOwingCode } from './tables.ts'

/** What a change has to end along with sessions: a sign-in that owes its code, and a browser trusted to skip it. */
export async function openDoors(product: Latchkey, email: string, account: { id: number; securityVersion: number }) {
  const [pending] = await manyOwingCode(product, email, 1)
  if (!pending) throw new Error('There is no browser.')
  const now = product.clock.now()
  await product.database.db.insert(schema.trustedBrowsers).values({
    id: newId(),
    tokenHash: hashToken(newId()),
    accountId: account.id,
    securityVersion: account.securityVersion,
    trustedAt: now,
    expiresAt: new Date(now.getTime() + 30 * 24 * 60 * 60_000),
    address: '192.0.2.1',
    browser: 'Firefox',
    system: 'Linux',
  })
  return pending
}
