import type { Stores } from '#db/stores.ts'
import { isLoopback } from '../lib/tls.ts'
import { mailTransport, type TransportSettings } from './transport.ts'

export const wireMail = ({ mails, notMe }: Stores, settings: TransportSettings) => ({
  mailing: mails,
  notMe,
  transport: mailTransport(settings),
  /** Whether mail reaches people. Where it does not, it lies in the folder, and pages say so. */
  mailDelivery: {
    configured: settings.smtpUrl !== undefined,
    // Where people are, a folder of the server is nobody's business and helps none of them.
    folder: isForDevelopment(settings.baseUrl) ? settings.mailFolder : undefined,
  },
})

const isForDevelopment = (baseUrl: string) => {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'http:' && isLoopback(hostname)
}
