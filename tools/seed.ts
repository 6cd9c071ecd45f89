// Makes the seed account with its second factor on, through the same use cases as the pages.
import '#app/process/env-file.ts'
import { currentVisitor } from '#app/identity/session.ts'
import { displayed } from '#app/lib/codes.ts'
import { signUp } from '#app/sign-in/sign-up.ts'
import { confirmAnswer, finishEnrolment, startEnrolment } from '#app/two-factor/enrol.ts'
import { codeOf } from '#testing/authenticator.ts'
import { openForDevelopment, SEED } from './seed-account.ts'

const { deps, close } = await openForDevelopment()
try {
  const origin = { address: '127.0.0.1', browser: 'npm run seed', system: null }
  const signedUp = await signUp(deps, SEED, origin)
  if (signedUp.ok && signedUp.step === 'check_mail')
    throw new Error('The seed account can not be confirmed: unset SMTP_URL for development.')
  if (signedUp.ok) {
    const codes = await turnOn(signedUp.token)
    console.log(
      `${SEED.email} · password: ${SEED.password} · current code: npm run totp\n\n${codes.map(displayed).join('\n')}`,
    )
  } else if (signedUp.reason === 'email_taken')
    console.log(`${SEED.email} is there already. Its current code: npm run totp`)
  else throw new Error(`The seed account was refused: ${signedUp.reason}.`)

  async function turnOn(token: string) {
    const session = await currentVisitor(deps, token)
    if (!session) throw new Error('The new session is gone.')
    const started = await startEnrolment(deps, session, { mode: 'set-up', password: SEED.password }, origin)
    if (!started.ok) throw new Error(started.reason)
    // The previous step's code, so the present one still works for a sign-in.
    const code = codeOf(started.enrolment.begun, new Date(), -1)
    const confirmed = await confirmAnswer(deps, started.enrolment, { code })
    const renewed = await currentVisitor(deps, started.token ?? '')
    if (!confirmed.ok || !renewed) throw new Error('The set-up could not be confirmed.')
    const done = await finishEnrolment(deps, renewed, confirmed.enrolment, true, origin)
    if (!done.ok) throw new Error(done.reason)
    return confirmed.enrolment.codes
  }
} finally {
  await close()
}
