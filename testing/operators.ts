import { eq } from 'drizzle-orm'
import { accounts } from '#db/schema.ts'
import type { From } from './browser.ts'
import type { Latchkey } from './product.ts'
import { signedUp, withTwoFactor } from './stories.ts'

async function promoted<Person extends { email: string }>({ database }: Latchkey, person: Person): Promise<Person> {
  await database.db.update(accounts).set({ role: 'operator' }).where(eq(accounts.email, person.email))
  return person
}

/** An operator who has just set the second factor up. */
export const operator = async (product: Latchkey, from: From = {}) =>
  promoted(product, await withTwoFactor(product, from))

/** An operator who has yet to set it up. */
export const operatorWithoutFactor = async (product: Latchkey) => promoted(product, await signedUp(product))
