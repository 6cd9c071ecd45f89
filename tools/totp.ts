// Prints the seed account's current code, the way its authenticator would show it.
import '#app/process/env-file.ts'
import { openSecret } from '#app/two-factor/factor-secret.ts'
import { codeOf } from '#testing/authenticator.ts'
import { openForDevelopment, SEED } from './seed-account.ts'

const { deps, close } = await openForDevelopment()
try {
  const account = await deps.signIns.accountByEmail(SEED.email)
  const [factor] = account ? await deps.secondSteps.factorsOf(account.id) : []
  const secret = factor && openSecret(deps.vault, factor)
  if (!secret) throw new Error(`${SEED.email} has no second factor here. Run: npm run seed`)
  const now = new Date()
  const seconds = Math.floor(now.getTime() / 1000)
  console.log(`${codeOf(secret, now)} (for ${30 - (seconds % 30)} seconds)`)
} finally {
  await close()
}
