import type { RecoveryCode } from '../two-factor/recovery-codes.ts'
import type { AnyContext } from './env.ts'

type Site = { issuer: string; baseUrl: string }

/** The codes as a text file for keeping: dated, naming account and site. `code` is as displayed. */
export function sendCodesFile(c: AnyContext, site: Site, account: string, madeAt: Date, codes: RecoveryCode[]) {
  const day = madeAt.toISOString().slice(0, 10)
  c.header('Content-Disposition', `attachment; filename="latchkey-recovery-codes-${day}.txt"`) // never anything a person typed
  c.header('Content-Type', 'text/plain; charset=utf-8')
  return c.body(codesFile(site, account, day, codes))
}

const codesFile = (
  { issuer, baseUrl }: Site,
  account: string,
  day: string,
  codes: RecoveryCode[],
) => `${issuer} recovery codes

Account: ${account}
Site:    ${baseUrl}
Made on: ${day}

${codes.map((code, index) => `${String(index + 1).padStart(2)}. ${line(code)}`).join('\n')}

Each code opens the account once, together with its password.
`

function line({ code, usedAt }: RecoveryCode) {
  if (usedAt) return `used on ${usedAt.toISOString().slice(0, 10)}`
  return code ?? 'can not be shown any more'
}
