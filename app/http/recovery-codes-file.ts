import { readableEmail } from '../lib/email-address.ts'
import type { RecoveryCode } from '../two-factor/recovery-codes.ts'
import type { AnyContext } from './env.ts'
import { inUtc } from './in-utc.ts'

type Site = { issuer: string; baseUrl: string }

/** The codes as a text file for keeping: dated, naming account and site. `code` is as displayed. */
export function sendCodesFile(c: AnyContext, site: Site, account: string, madeAt: Date, codes: RecoveryCode[]) {
  c.header('Content-Disposition', `attachment; filename="${nameOf(site, account, madeAt)}"`)
  c.header('Content-Type', 'text/plain; charset=utf-8')
  // CRLF, as plain text is kept on Windows and read everywhere.
  return c.body(codesFile(site, readableEmail(account), madeAt, codes).replaceAll('\n', '\r\n'))
}

/** Says whose and of when the file is, in characters that every system takes: no two sets, accounts or sites share a name. */
const nameOf = ({ baseUrl }: Site, account: string, madeAt: Date) =>
  ['latchkey-recovery-codes', safe(new URL(baseUrl).host), safe(account), safe(inUtc(madeAt))].join('-').concat('.txt')

const NAME_AT_MOST = 64 // characters per part, so a file system takes the whole name

const safe = (text: string) =>
  text
    .replaceAll('@', '-at-')
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, NAME_AT_MOST)

const codesFile = (
  { issuer, baseUrl }: Site,
  account: string,
  madeAt: Date,
  codes: RecoveryCode[],
) => `${issuer} recovery codes

Account: ${account}
Site:    ${baseUrl}
Made at: ${inUtc(madeAt)}
Codes:   ${codes.length}, of which ${codes.filter(({ usedAt }) => !usedAt).length} are left

${codes.map((code, index) => `${String(index + 1).padStart(2)}. ${line(code)}`).join('\n')}

Each code opens the account once, together with its password.
`

function line({ code, usedAt }: RecoveryCode) {
  if (usedAt) return `used at ${inUtc(usedAt)}`
  return code ?? "can't be shown any longer"
}
