import { generateSync } from 'otplib'
import { z } from 'zod'
import { openSecret } from '#app/two-factor/factor-secret.ts'
import { command, Refused } from './command/command.ts'
import { openedForDevelopment, SEED } from './development.ts'

export const totp = {
  '': command({
    does: "Prints the seed account's current code, as its authenticator would show it.",
    words: z.object({}),
    options: z.object({}),
    run: () =>
      openedForDevelopment(async (deps) => {
        const account = await deps.signIns.accountByEmail(SEED.email)
        const [factor] = account ? await deps.secondSteps.factorsOf(account.id) : []
        const secret = factor && openSecret(deps.vault, factor)
        if (!secret) throw new Refused(`${SEED.email} has no second factor here. npm run seed turns it on.`)
        const now = Math.floor(Date.now() / 1000)
        const [code, seconds] = [generateSync({ secret, epoch: now }), 30 - (now % 30)]
        return { said: `${code} (for ${seconds} seconds)`, data: { code, seconds } }
      }),
  }),
}
