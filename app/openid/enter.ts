import type { Lacking } from '../gate/check.ts'
import { type Requirement, stricter } from '../gate/requirement.ts'
import { proofOf, provedOrTrusted } from './proof.ts'
import { subjectAt } from './subject.ts'
import { type AtClient, type AtClientDeps, askedOf, heldFor, lacksFor, mayUse } from './visitor-at.ts'

/** What a client asked for, as the library keeps it until the person is ready. */
export type Pending = {
  client: string
  scopes: readonly string[]
  /** What the library prompts for, and why. */
  prompt: 'login' | 'consent'
  reasons: readonly string[]
  acrs: readonly string[]
  /** Acceptable ones of a claim that it says it can't do without. */
  essentialAcrs: readonly string[] | undefined
  maxAge: number | undefined
  /** Whom it means: their `sub`, by an ID token that it shows or by a claim. Empty: whoever is there. */
  means: readonly unknown[]
  /** When it asked. */
  begunAt: Date
}

export type Entered =
  | { ok: true; login: { accountId: string; acr: string; amr: string[]; ts: number } }
  | { ok: false; reason: 'unknown_client' | 'somebody_else' | 'not_entitled' | 'unmet' }
  | { ok: false; reason: 'step_up'; missing: Lacking }
  | { ok: false; reason: 'consent' }

/** Whether whoever is signed in may go on to the client, and what comes first. */
export function entering(deps: AtClientDeps, visitor: AtClient, pending: Pending): Entered {
  const [app] = visitor.apps
  if (!app) return { ok: false, reason: 'unknown_client' }
  const subject = subjectAt(app.pairwiseSalt, visitor.account.id)
  if (pending.means.some((meant) => meant !== subject)) return { ok: false, reason: 'somebody_else' }
  if (!mayUse(deps, visitor)) return { ok: false, reason: 'not_entitled' }
  const asked = askedOf([...pending.acrs, ...(pending.essentialAcrs ?? [])], undefined)
  const requirement = stricter({ level: app.level, maxAge: app.maxAge }, asked)
  const since = sinceFor(pending)
  const missing =
    lacksFor(deps, visitor, app, asked) ?? heldFor(deps, visitor, asked, since) ?? staleFor(visitor, requirement, since)
  if (missing) return { ok: false, reason: 'step_up', missing }
  const { acr, amr, at } = proofOf(deps, visitor, since)
  if (pending.essentialAcrs && !pending.essentialAcrs.includes(acr)) return { ok: false, reason: 'unmet' }
  if (pending.prompt === 'consent' && app.isThirdParty) return { ok: false, reason: 'consent' }
  const ts = Math.floor(at.getTime() / 1000)
  return { ok: true, login: { accountId: String(visitor.account.id), acr, amr, ts } }
}

/** `prompt=login` and `max_age` ask for what was shown since then (in milliseconds), however good the session is. */
const sinceFor = ({ reasons, maxAge, begunAt }: Pending): number =>
  Math.max(
    reasons.includes('login_prompt') ? begunAt.getTime() : 0,
    maxAge === undefined ? 0 : begunAt.getTime() - maxAge * 1000,
  )

/** What is not good any more, where the app asks for something new. Somebody who has a second factor shows one: a password alone would be a weaker sign-in. */
function staleFor(
  { session, account }: Pick<AtClient, 'session' | 'account'>,
  { level }: Requirement,
  since: number,
): Lacking | undefined {
  if (since === 0) return undefined
  const isThen = (at: Date | null) => at !== null && at.getTime() >= since
  if (level === 'phishing_resistant') return isThen(session.resistedAt) ? undefined : 'resistant'
  if (level === 'second_factor' || account.secondFactorSince)
    return isThen(provedOrTrusted(session)) ? undefined : 'second_factor'
  return isThen(session.startedAt) || isThen(session.passwordAt) ? undefined : 'password'
}
