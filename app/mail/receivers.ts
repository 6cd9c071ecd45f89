import type { MailDeps } from './account-mails.ts'

type Mailbox = { emailConfirmedAt: Date | null }

/**
 * Who receives what: an address that nobody confirmed may be a stranger's, who never asked. It gets its confirmation and resets,
 * and no news. Where mail goes to a folder, it bothers nobody.
 */
export const receivesNews = (
  { mailDelivery }: Pick<MailDeps, 'mailDelivery'>,
  { emailConfirmedAt }: Mailbox,
): boolean => emailConfirmedAt !== null || !mailDelivery.configured
