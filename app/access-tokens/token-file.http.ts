import { words } from '#views/words/words.ts'
import type { AnyContext } from '../http/env.ts'
import { inColumns } from '../http/in-columns.ts'
import { inUtc } from '../http/in-utc.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { ShownToken } from './shown-token.ts'

type Site = { issuer: string; baseUrl: string }

/** A new token as a text file for keeping, naming account and site. */
export function sendTokenFile(c: AnyContext, site: Site, account: string, token: ShownToken) {
  c.header('Content-Disposition', 'attachment; filename="latchkey-access-token.txt"') // never anything a person typed
  c.header('Content-Type', 'text/plain; charset=utf-8')
  return c.body(tokenFile(site, readableEmail(account), token))
}

function tokenFile({ issuer, baseUrl }: Site, account: string, { value, expiresAt }: ShownToken) {
  const said = words.files.accessToken
  const facts = inColumns([
    [said.account, account],
    [said.site, baseUrl],
    [said.expires, expiresAt ? inUtc(expiresAt) : said.never],
  ])
  return `${said.title(issuer)}\n\n${facts}\n\n${value}\n\n${said.how}\n`
}
