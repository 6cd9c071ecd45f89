import type { PasswordRefusal, PasswordRules } from './password-rules.ts'
import type { Passwords } from './passwords.ts'

export type NewPasswordDeps = { passwords: Passwords; passwordRules: PasswordRules }
export type WeakPassword = { ok: false; reason: 'weak_password'; refusal: PasswordRefusal }

/** What every door does with a new password, after charging for it. Throws if one of the two queues is full. */
export async function hashIfStrong(
  { passwords, passwordRules }: NewPasswordDeps,
  password: string,
  email: string,
  address: string,
): Promise<{ ok: true; passwordHash: string } | WeakPassword> {
  const refusal = await passwordRules.refusal(password, email, address)
  if (refusal) return { ok: false, reason: 'weak_password', refusal }
  return { ok: true, passwordHash: await passwords.hash(password, address) }
}
