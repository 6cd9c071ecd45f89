import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  type Renewal,
  renewal,
} from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Find, SignedIn } from '../identity/visitor.ts'
import { newRecoveryCodes } from '../lib/codes.ts'
import type { Origin } from '../lib/origin.ts'
import { newId } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'

/** Milliseconds for which a session shows the codes after the password: long enough to print, short enough to leave a desk. */
export const CODES_SHOWN_FOR = 10 * 60_000

/** As stored: a keyed hash to check against, and a sealed copy to show again, gone once the code is used. */
export type StoredRecoveryCode = Readonly<{
  id: string
  accountId: number
  position: number
  hash: string
  sealed: string | null
  madeAt: Date
  usedAt: Date | null
}>

/** As shown. `code` is null if it was used, or if its sealed copy no longer opens. */
export type RecoveryCode = { code: string | null; usedAt: Date | null }

/** The live set in order, and when it was made. */
export type ShownCodes = { madeAt: Date; codes: RecoveryCode[] }

/** Who is looking, and the account's codes as stored. */
export type CodesVisitor = SignedIn & { codes: readonly StoredRecoveryCode[] }

export type RecoveryCodesStore = {
  /** The codes in the order of their positions. */
  visitorWithCodes: Find<CodesVisitor>
  showCodes(of: { renewal: Renewal; until: Date; event: SecurityEvent; forgiven: Forgiven }): Promise<boolean>
  /** Replaces the whole set made at `madeAt` with `codes`. False if that set is no longer the account's. */
  replaceCodes(of: {
    accountId: number
    securityVersion: number
    madeAt: Date
    codes: StoredRecoveryCode[]
    event: SecurityEvent
  }): Promise<boolean>
  recordDownload(event: SecurityEvent): Promise<void>
}

export type RecoveryCodesDeps = ConfirmPasswordDeps & { recoveryCodes: RecoveryCodesStore; vault: Vault }

/** A session may show the codes for ten minutes after the password was typed. */
export async function confirmView(
  deps: RecoveryCodesDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<
  | { ok: true; token: string | undefined }
  | Exclude<ConfirmPasswordResult, { ok: true }>
  | { ok: false; reason: 'changed' }
> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const now = deps.now()
  const { token, renewal: renewed } = renewal(visitor)
  const shown = await deps.recoveryCodes.showCodes({
    renewal: renewed,
    until: new Date(now.getTime() + CODES_SHOWN_FOR),
    event: securityEvent('recovery_codes_viewed', visitor.account.id, origin, now),
    forgiven: confirmed.forgiven,
  })
  return shown ? { ok: true, token } : { ok: false, reason: 'changed' }
}

export const codesView = ({ recoveryCodes }: RecoveryCodesDeps): Find<CodesVisitor> => recoveryCodes.visitorWithCodes

/** The live set's codes in order, and when it was made; undefined if there is none, or the visitor may not view them now. */
export function codesSeenBy({ vault, now }: RecoveryCodesDeps, visitor: CodesVisitor): ShownCodes | undefined {
  const { codesShownUntil } = visitor.session
  return codesShownUntil && now() < codesShownUntil ? opened(vault, visitor.codes) : undefined
}

/** For a client that keeps its token: the password and the codes at once, which are read only after it was right. */
export async function viewCodes(
  deps: RecoveryCodesDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<({ ok: true } & ShownCodes) | Exclude<Awaited<ReturnType<typeof confirmView>>, { ok: true }>> {
  const confirmed = await confirmView(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const seeing = await deps.recoveryCodes.visitorWithCodes(visitor.session.tokenHash)
  const shown = seeing && codesSeenBy(deps, seeing)
  return shown ? { ok: true, ...shown } : { ok: false, reason: 'changed' }
}

function opened(vault: Vault, stored: readonly StoredRecoveryCode[]): ShownCodes | undefined {
  const [first] = stored
  return (
    first && { madeAt: first.madeAt, codes: stored.map((row) => ({ code: openCode(vault, row), usedAt: row.usedAt })) }
  )
}

export const recordDownload = (
  { recoveryCodes, now }: RecoveryCodesDeps,
  visitor: SignedIn,
  origin: Origin,
): Promise<void> =>
  recoveryCodes.recordDownload(securityEvent('recovery_codes_downloaded', visitor.account.id, origin, now()))

/**
 * Replaces the whole set that the person saw, made at `madeAt`, or nothing, where another window was faster: then that
 * window's codes are the live ones.
 */
export async function regenerateCodes(
  deps: RecoveryCodesDeps,
  visitor: SignedIn,
  madeAt: Date,
  origin: Origin,
): Promise<{ ok: true; codes: string[] } | { ok: false }> {
  const now = deps.now()
  const { id: accountId, securityVersion } = visitor.account
  const fresh = newRecoveryCodes()
  const codes = storedCodes(deps.vault, accountId, fresh, now)
  const event = securityEvent('recovery_codes_regenerated', accountId, origin, now)
  const replaced = await deps.recoveryCodes.replaceCodes({ accountId, securityVersion, madeAt, codes, event })
  return replaced ? { ok: true, codes: fresh } : { ok: false }
}

/** The rows for a new set of codes. */
export const storedCodes = (vault: Vault, accountId: number, codes: string[], madeAt: Date): StoredRecoveryCode[] =>
  codes.map((code, index) => {
    const id = newId()
    const hash = vault.hash('recovery-code-hash', recoveryCodeText(accountId, code))
    return {
      id,
      accountId,
      position: index + 1,
      hash,
      sealed: vault.seal(SHOWN_CODE.purpose, place(id), Buffer.from(code)),
      madeAt,
      usedAt: null,
    }
  })

/** The input of the keyed hash, so one account's code is none of another's. */
export const recoveryCodeText = (accountId: number, code: string): string => `${accountId} ${code}`

const place = (id: string) => `recovery_codes ${id}`
export const SHOWN_CODE: SealedAs = { purpose: 'recovery-code', place }

/** Null if it was used, or if its sealed copy doesn't open. */
export function openCode(vault: Vault, { id, sealed }: Pick<StoredRecoveryCode, 'id' | 'sealed'>): string | null {
  const opened = sealed === null ? undefined : vault.open(SHOWN_CODE.purpose, place(id), sealed)
  return opened ? Buffer.from(opened).toString() : null
}
