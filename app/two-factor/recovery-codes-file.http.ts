import { words } from '#views/words/words.ts'
import type { AnyContext } from '../http/env.ts'
import { inColumns } from '../http/in-columns.ts'
import { inUtc } from '../http/in-utc.ts'
import { readableEmail } from '../lib/email-address.ts'
import type { RecoveryCode } from './recovery-codes.ts'

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

function codesFile({ issuer, baseUrl }: Site, account: string, madeAt: Date, codes: RecoveryCode[]) {
  const said = words.files.recoveryCodes
  const facts = inColumns([
    [said.account, account],
    [said.site, baseUrl],
    [said.madeAt, inUtc(madeAt)],
    [said.codes, said.left(codes.length, codes.filter(({ usedAt }) => !usedAt).length)],
  ])
  const lines = codes.map((code, index) => `${String(index + 1).padStart(2)}. ${line(code)}`).join('\n')
  return `${said.title(issuer)}\n\n${facts}\n\n${lines}\n\n${said.how}\n`
}

function line({ code, usedAt }: RecoveryCode) {
  const { unreadable, usedAt: saidUsed } = words.files.recoveryCodes
  return usedAt ? saidUsed(inUtc(usedAt)) : (code ?? unreadable)
}
