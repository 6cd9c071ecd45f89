import { readEmailAddress } from '../lib/email-address.ts'
import { readUsername } from '../lib/username.ts'

/** An account, as far as an operator who is about to change it needs to know it. */
export type Owner = {
  id: number
  email: string
  emailConfirmedAt: Date | null
  username: string
  role: 'member' | 'operator'
  hasSecondFactor: boolean
  suspendedAt: Date | null
  securityVersion: number
}

export type OwnerDeps = {
  owners: { ownerNamed(of: { email: string | undefined; username: string | undefined }): Promise<Owner | undefined> }
}

/** The account that goes by what was typed: an address or a username. */
export async function ownerNamed({ owners }: OwnerDeps, typed: string): Promise<Owner | undefined> {
  const email = readEmailAddress(typed)
  if (email.ok) return owners.ownerNamed({ email: email.email, username: undefined })
  const username = readUsername(typed)
  return username.ok ? owners.ownerNamed({ email: undefined, username: username.username }) : undefined
}
