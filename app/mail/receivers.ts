import type { MailDeps } from './account-mails.ts'

type Mailbox = { emailConfirmedAt: Date | null }

/**
 * Who receives what. An unconfirmed address may belong to a stranger who never asked, so it gets its confirmation and resets, and
 * no news. Mail that goes to a folder bothers nobody.
 */
export const receivesNews = (
  { mailDelivery }: Pick<MailDeps, 'mailDelivery'>,
  { emailConfirmedAt }: Mailbox,
): boolean => emailConfirmedAt !== null || !mailDelivery.configured
