import {
  charge,
  type Forgiven,
  isKnownBrowser,
  type LimitDeps,
  passwordAttempt,
  passwordAttemptByAnyName,
  type Source,
  type Wait,
  whileCharged,
} from '../identity/limits.ts'

type Charged = {
  ok: true
  forgiven: Forgiven
  /** Whether the password is right, and may be. Does the work in any case. */
  judge(verify: () => Promise<boolean>): Promise<boolean>
}

/**
 * Charges a guess at the password behind a name. Two names of an account give no second budget: a guess counts for the name that
 * was typed, and for the account. Only the first is told to wait. If the second were, it would tell a stranger that both names
 * are of one account; so all its guesses are wrong for that while. A browser that the account knows learns nothing by it.
 */
export async function chargePassword(
  deps: LimitDeps,
  { name, email = name }: { name: string; email: string | undefined },
  source: Source,
): Promise<Charged | Wait> {
  const at = deps.now()
  const now = { ...deps, now: () => at } // so neither wait ends before the other
  const typed = isKnownBrowser(source) ? email : name
  const charged = await charge(now, source, passwordAttempt(typed, source))
  if (!charged.ok) return charged
  const judge = (verify: () => Promise<boolean>) => whileCharged(deps, charged, verify)

  const any = await charge({ ...now, attemptsPerAddress: 0 }, source, passwordAttemptByAnyName(email, source))
  if (!any.ok) return { ...charged, judge: async (verify) => (await judge(verify)) && false }
  return {
    ok: true,
    forgiven: { ...charged.forgiven, delays: [...charged.forgiven.delays, ...any.forgiven.delays] },
    judge: (verify) => judge(() => whileCharged(deps, any, verify)),
  }
}
