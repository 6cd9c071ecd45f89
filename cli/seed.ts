import { generateSync } from 'otplib'
import { z } from 'zod'
import type { Deps } from '#app/deps.ts'
import { currentVisitor } from '#app/identity/session.ts'
import { displayed } from '#app/lib/codes.ts'
import { signUp } from '#app/sign-in/sign-up.ts'
import { confirmAnswer, finishEnrolment, startEnrolment } from '#app/two-factor/enrol.ts'
import { command, Refused } from './command/command.ts'
import { openedForDevelopment, SEED } from './development.ts'

const ORIGIN = { address: '127.0.0.1', browser: 'latchkey seed', system: null }

export const seed = {
  '': command({
    does: `Makes the account ${SEED.email} with its second factor on, for development.`,
    words: z.object({}),
    options: z.object({}),
    run: () => openedForDevelopment(plant, { mayMake: true }),
  }),
}

/** Through the same use cases as the pages. */
async function plant(deps: Deps) {
  const signedUp = await signUp(deps, SEED, ORIGIN)
  if (!signedUp.ok && signedUp.reason === 'email_taken')
    return {
      said: `${SEED.email} is there already. Its current code: npm run totp`,
      data: { email: SEED.email, isNew: false },
    }
  if (!signedUp.ok) throw new Refused(`The seed account was refused: ${signedUp.reason}.`)
  if (signedUp.step === 'check_mail')
    throw new Refused("The seed account can't be confirmed: unset SMTP_URL for development.")
  const codes = (await turnOn(deps, signedUp.token)).map(displayed)
  return {
    said: `${SEED.email} · password: ${SEED.password} · current code: npm run totp\n\n${codes.join('\n')}`,
    data: { ...SEED, isNew: true, recoveryCodes: codes },
  }
}

async function turnOn(deps: Deps, token: string): Promise<string[]> {
  const visitor = await currentVisitor(deps, token)
  if (!visitor) throw new Error('The new session is gone.')
  const started = await startEnrolment(deps, visitor, { mode: 'set-up', password: SEED.password }, ORIGIN)
  if (!started.ok) throw new Error(started.reason)
  // The previous step's code, so the present one still works for a sign-in.
  const code = generateSync({ secret: started.enrolment.begun, epoch: Math.floor(Date.now() / 1000) - 30 })
  const confirmed = await confirmAnswer(deps, started.enrolment, { code })
  const renewed = await currentVisitor(deps, started.token ?? '')
  if (!confirmed.ok || !renewed) throw new Error('The set-up could not be confirmed.')
  const done = await finishEnrolment(deps, renewed, confirmed.enrolment, true, ORIGIN)
  if (!done.ok) throw new Error(done.reason)
  return confirmed.enrolment.codes
}
