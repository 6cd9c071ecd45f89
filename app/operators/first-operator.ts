import { hashToken } from '../lib/tokens.ts'
import { invitationLink } from '../mail/account-mails.ts'
import { newLinkToken } from '../mail/links.ts'

const A_DAY = 24 * 60 * 60_000

export type FirstOperatorStore = {
  hasAccounts(): Promise<boolean>
  /** In the place of the one before. False, and nothing done, where there is an account. */
  replaceFirstOperatorLink(of: { tokenHash: string; createdAt: Date; expiresAt: Date }): Promise<boolean>
}

export type FirstOperatorDeps = { invitations: FirstOperatorStore; baseUrl: string; now(): Date }

/**
 * While nobody has an account: where the first operator makes theirs, whatever SIGN_UP says. Each link takes the place of the one
 * before, works for a day, and opens nothing once there is an account.
 */
export async function firstOperatorLink(deps: FirstOperatorDeps): Promise<string | undefined> {
  if (await deps.invitations.hasAccounts()) return undefined
  const token = newLinkToken()
  const createdAt = deps.now()
  const expiresAt = new Date(createdAt.getTime() + A_DAY)
  const isMade = await deps.invitations.replaceFirstOperatorLink({ tokenHash: hashToken(token), createdAt, expiresAt })
  return isMade ? invitationLink(deps, token) : undefined
}
