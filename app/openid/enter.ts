import type { Missing } from '../gate/check.ts'
import { type Requirement, stricter } from '../gate/requirement.ts'
import type { Proof } from './proof.ts'
import { type AtClient, type AtClientDeps, askedOf, lacksFor, mayUse } from './visitor-at.ts'

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
  /** When it asked. */
  begunAt: Date
}

export type Entered =
  | { ok: true; login: { accountId: string; acr: string; amr: string[]; ts: number } }
  | { ok: false; reason: 'unknown_client' | 'not_entitled' | 'unmet' }
  | { ok: false; reason: 'step_up'; missing: Missing }
  | { ok: false; reason: 'consent' }

type Present = AtClient & { proof: Proof }

/** Whether whoever is signed in may go on to the client, and what comes first. */
export function entering(deps: AtClientDeps, visitor: Present, pending: Pending): Entered {
  const [app] = visitor.apps
  if (!app) return { ok: false, reason: 'unknown_client' }
  if (!mayUse(deps, visitor)) return { ok: false, reason: 'not_entitled' }
  const asked = askedOf([...pending.acrs, ...(pending.essentialAcrs ?? [])], undefined)
  const requirement = stricter({ level: app.level, maxAge: app.maxAge }, asked)
  const missing = lacksFor(deps, visitor, app, asked) ?? staleFor(visitor, requirement, pending)
  if (missing) return { ok: false, reason: 'step_up', missing }
  const { acr, amr, at } = visitor.proof
  if (pending.essentialAcrs && !pending.essentialAcrs.includes(acr)) return { ok: false, reason: 'unmet' }
  if (pending.prompt === 'consent' && app.isThirdParty) return { ok: false, reason: 'consent' }
  const ts = Math.floor(at.getTime() / 1000)
  return { ok: true, login: { accountId: String(visitor.account.id), acr, amr, ts } }
}

/** `prompt=login` and `max_age` ask for what was shown since then, however good the session is. */
function staleFor(
  visitor: Present,
  { level }: Requirement,
  { reasons, maxAge, begunAt }: Pending,
): Missing | undefined {
  const since = Math.max(
    reasons.includes('login_prompt') ? begunAt.getTime() : 0,
    maxAge === undefined ? 0 : begunAt.getTime() - maxAge * 1000,
  )
  if (visitor.proof.at.getTime() >= since) return undefined
  if (level === 'phishing_resistant') return 'resistant'
  return level === 'second_factor' || visitor.account.secondFactorSince ? 'second_factor' : 'password'
}
