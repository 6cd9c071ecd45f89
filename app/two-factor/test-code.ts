import {
  authenticatorAttempt,
  type Blocked,
  charge,
  type LimitDeps,
  recoveryCodeAttempt,
  sessionSource,
  type Wait,
  withoutGuess,
} from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import type { Factor, FactorKinds, Fields, Finding, SignInAnswer, UnderTest } from './factor.ts'
import { activeFactors, type StoredFactor } from './factor-secret.ts'

export type TestCodeStore = {
  factorsOf(accountId: number): Promise<readonly StoredFactor[]>
  recoveryCodesOf(accountId: number): ReturnType<UnderTest['recoveryCodes']>
  record(event: SecurityEvent): Promise<void>
}

export type TestCodeDeps = LimitDeps & {
  codeTests: TestCodeStore
  factorKinds: FactorKinds<Factor>
  recoveryCodeAnswers: { kind: string; read(fields: Fields): SignInAnswer | undefined }
  vault: Vault
}

/** `device` is the name of the authenticator that gave the code. */
type Tested = { ok: true; finding: Finding; device?: string | undefined }
export type TestRefused =
  | { ok: false; reason: 'malformed' }
  | { ok: false; reason: 'wrong'; finding: Finding }
  | Wait
  | Blocked

/**
 * Says whether a code would open the account, and spends none. It is a guess like one at sign-in, under the same count: a stolen
 * session gets no guess that isn't counted there. A right code takes its own guess back, and forgives no other.
 */
export async function testCode(
  deps: TestCodeDeps,
  { session, account: { id: accountId } }: SignedIn,
  fields: Fields,
  origin: Origin,
): Promise<Tested | TestRefused> {
  const source = sessionSource(session.id)
  const read = readTestable(deps, fields)
  if (!read) {
    const charged = await charge(deps, source) // costs no attempt, but is not free either
    return charged.ok ? { ok: false, reason: 'malformed' } : charged
  }
  const isRecovery = read.method === 'recovery_code'
  const charged = await charge(deps, source, (isRecovery ? recoveryCodeAttempt : authenticatorAttempt)(accountId))
  if (!charged.ok) return charged

  const now = deps.now()
  const stored = await deps.codeTests.factorsOf(accountId)
  const finding = await read.test({
    accountId,
    factors: async () => activeFactors(deps.vault, stored, read.kind),
    recoveryCodes: () => deps.codeTests.recoveryCodesOf(accountId),
    now,
  })
  if (finding.verdict === 'wrong') {
    await deps.codeTests.record(securityEvent('tested_code_wrong', accountId, origin, now))
    return { ok: false, reason: 'wrong', finding }
  }
  if (finding.verdict === 'right') await withoutGuess(deps, charged)
  return { ok: true, finding, device: stored.find(({ id }) => id === finding.factorId)?.name }
}

type Testable = { kind: string; method: SignInAnswer['method']; test: NonNullable<SignInAnswer['test']> }

function readTestable({ factorKinds, recoveryCodeAnswers }: TestCodeDeps, fields: Fields): Testable | undefined {
  for (const { kind, read } of [...factorKinds, recoveryCodeAnswers]) {
    const { method, test } = read(fields) ?? {}
    if (method && test) return { kind, method, test }
  }
  return undefined
}
