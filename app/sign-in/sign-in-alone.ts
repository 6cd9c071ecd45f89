import { knownAs, type Recognition, sourceOf } from '../identity/known-browsers.ts'
import { charge, type LimitDeps, type Wait } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import { hasEnded } from '../identity/standing.ts'
import type { Client } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { hashToken, newNonce } from '../lib/tokens.ts'
import { ANSWERED_AT_LATEST, type AnswerDeps, challengesAt, newestChallenge, noticed } from '../two-factor/answers.ts'
import type { AnswerAlone, Factor, FactorKinds, FactorWrite, Fields, Refused } from '../two-factor/factor.ts'
import { activeFactors, type StoredFactor } from '../two-factor/factor-secret.ts'
import type { Watch } from '../watch/watch.ts'
import { type Arriving, type Completion, complete } from './completion.ts'
import type { FinishedSignIn } from './sign-in.ts'

/** Whose device it is. `recoveryOpensAt` is as in visitor.ts; `userHandle` is what devices know the account by. */
type Owner = Recognition &
  Readonly<{
    accountId: number
    uid: number
    email: string
    securityVersion: number
    suspendedAt: Date | null
    endsAt: Date | null
    deleteAt: Date | null
    recoveryOpensAt: Date | null
    userHandle: string | null
    factor: StoredFactor
  }>

export type SignInAloneStore = {
  /** And which of the hashes (five at most) that somebody arrives with the account knows. One prepared read. */
  ownerOf(credentialId: string, browserHashes: string[]): Promise<Owner | undefined>
  /** False where it was spent before. */
  spendChallenge(of: { hash: string; expiresAt: Date }): Promise<boolean>
  /** False if the answer is no longer what its proof takes it for, or the account changed meanwhile. */
  completeAlone(of: Completion, proof: FactorWrite): Promise<boolean>
  record(event: SecurityEvent): Promise<void>
}

export type SignInAloneDeps = LimitDeps &
  Pick<AnswerDeps, 'factorKinds' | 'vault'> & {
    signInsAlone: SignInAloneStore
    sessionLifetime: number
    watch: Watch
  }

export type SignInAloneResult =
  | FinishedSignIn
  /** `expired`: what was asked is answered already, or too old. */
  | { ok: false; reason: 'malformed' | 'expired' }
  /** Said alike of a device that nobody has here, and of one whose answer is wrong. `unknown` is what its owner's device may forget. */
  | { ok: false; reason: 'passkey_refused'; unknown?: string }
  /** Told only after a right answer. */
  | { ok: false; reason: 'suspended' | 'account_ended' }
  | Wait

/** Where somebody comes in, and what they are asked there belongs to: 32 hex, which the browser or client keeps to itself. */
type Door = { client: Client; asker: string | undefined; held?: string[] }

/** What a browser or client is asked from now on: the one it has been asked by, or a new one. */
export const askerFor = (held: string | undefined): string => (held && ASKER.test(held) ? held : newNonce())
const ASKER = /^[0-9a-f]{32}$/

/** What is asked of whoever comes to sign in without a password, for each kind of device that is enough by itself. */
export const challengesAlone = <Kind extends Factor>(
  { factorKinds, vault, now }: { factorKinds: FactorKinds<Kind> } & Pick<AnswerDeps, 'vault' | 'now'>,
  asker: string,
  client: Client = 'browser',
): { kind: Kind; challenge: string }[] =>
  factorKinds
    .filter((kind) => kind.readAlone)
    .map((kind) => ({ kind, challenge: newestChallenge(vault, kind.kind, askedBy(client, asker), now()) }))

/** Never what a pending sign-in or a session asks by, whatever cookie or id somebody puts in its place. */
const askedBy = (client: Client, asker: string) => hashToken(`alone ${client} ${asker}`)

/** Sign-in by a device that is both factors at once. Its answer says whose it is, and that it made sure of its owner. */
export const signInAlone = (
  deps: SignInAloneDeps,
  fields: Fields,
  origin: Origin,
  door: Door,
): Promise<SignInAloneResult> =>
  deps.watch.attempt({ door: door.client, address: origin.address }, () => tryAlone(deps, fields, origin, door))

async function tryAlone(
  deps: SignInAloneDeps,
  fields: Fields,
  origin: Origin,
  { client, asker, held = [] }: Door,
): Promise<SignInAloneResult> {
  const arrival = { client, held, origin }
  const read = readAlone(deps, fields)
  const owner = read && (await deps.signInsAlone.ownerOf(read.answer.credentialId, knownAs(arrival)))
  const charged = await charge(deps, sourceOf(owner, arrival))
  if (!charged.ok) return charged
  if (!read) return { ok: false, reason: 'malformed' }
  if (!asker || !ASKER.test(asker)) return { ok: false, reason: 'expired' }
  const hash = askedBy(client, asker)
  const expiresAt = new Date(deps.now().getTime() + ANSWERED_AT_LATEST)
  if (!(await deps.signInsAlone.spendChallenge({ hash, expiresAt }))) return { ok: false, reason: 'expired' }

  if (owner?.factor.kind !== read.kind)
    return { ok: false, reason: 'passkey_refused', unknown: read.answer.credentialId }
  const arriving = { ...arrival, recognised: owner, trusts: undefined }
  const result = await judge({ deps, owner, arriving, forgiven: charged.forgiven }, read, hash)
  if (result.ok || result.reason !== 'refused') return result
  if (result.refusal.isLate) return { ok: false, reason: 'expired' } // a page that stood open is no guess
  await deps.signInsAlone.record(securityEvent('code_wrong', owner.accountId, origin, deps.now()))
  return { ok: false, reason: 'passkey_refused' }
}

type ReadAlone = { kind: string; answer: AnswerAlone }

/** By the first kind that finds an answer of its own in the fields. */
function readAlone({ factorKinds }: Pick<AnswerDeps, 'factorKinds'>, fields: Fields): ReadAlone | undefined {
  for (const kind of factorKinds) {
    const answer = kind.readAlone?.(fields)
    if (answer) return { kind: kind.kind, answer }
  }
  return undefined
}

type Attempt = { deps: SignInAloneDeps; owner: Owner; arriving: Arriving; forgiven: Completion['forgiven'] }

async function judge(
  { deps, owner, arriving, forgiven }: Attempt,
  { kind, answer }: ReadAlone,
  asked: string,
): Promise<Exclude<SignInAloneResult, Wait> | Refused> {
  const { accountId, uid, email, userHandle, factor } = owner
  const at = deps.now()
  const judged = await answer.judge({
    accountId,
    factors: async () => activeFactors(deps.vault, [factor], kind),
    challenges: () => challengesAt(deps.vault, kind, asked, at),
    userHandle: async () => userHandle ?? undefined,
    now: at,
  })
  if (!judged.ok) return judged
  if (owner.suspendedAt) return { ok: false, reason: 'suspended' }
  if (hasEnded(owner, at)) return { ok: false, reason: 'account_ended' }
  const { token, holds, completion } = complete(deps, owner, arriving, { method: answer.method, forgiven })
  completion.events.push(...noticed(judged, accountId, arriving.origin, at))
  if (!(await deps.signInsAlone.completeAlone(completion, judged.proof))) return judged.otherwise
  const { session, stays } = completion
  return { ok: true, accountId, uid, email, token, expiresAt: session.expiresAt, holds, stays: stays !== undefined }
}
