import type { ShownToken } from '../access-tokens/shown-token.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { AnyContext } from './env.ts'
import { inUtc } from './in-utc.ts'

type Site = { issuer: string; baseUrl: string }

/** A new token as a text file for keeping, naming account and site. */
export function sendTokenFile(c: AnyContext, site: Site, account: string, token: ShownToken) {
  c.header('Content-Disposition', 'attachment; filename="latchkey-access-token.txt"') // never anything a person typed
  c.header('Content-Type', 'text/plain; charset=utf-8')
  return c.body(tokenFile(site, readableEmail(account), token))
}

const tokenFile = ({ issuer, baseUrl }: Site, account: string, { value, expiresAt }: ShownToken) =>
  `${issuer} access token

Account: ${account}
Site:    ${baseUrl}
Expires: ${expiresAt ? inUtc(expiresAt) : 'never'}

${value}

Whoever holds it can do what its scopes allow. Remove it under Settings, Access Tokens, when it is no longer needed.
`
