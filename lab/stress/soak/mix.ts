/**
 * How often each thing happens in one hour at a site with some thousand people, a few hundred of whom are there. The names
 * come from traffic.ts.
 */
export const AN_HOUR = {
  lookAround: 1200,
  callByToken: 1500,
  signIn: 300,
  signInTrusted: 60,
  leaveAtTheCode: 90,
  typeWrongPassword: 120,
  typeWrongCode: 60,
  useRecoveryCode: 18,
  signUp: 36,
  leaveSetUp: 24,
  resetPassword: 24,
  changePassword: 24,
  renewRecoveryCodes: 12,
  turnOffAndOn: 12,
  handleToken: 36,
  signInByApi: 90,
  beginSetUpByApi: 12,
  signOutEverywhere: 12,
  askNonsense: 300,
} as const

export type Doing = keyof typeof AN_HOUR

/** Picks one, as often as the hour has it. */
export function anything(): Doing {
  let left = Math.random() * TOTAL
  for (const [doing, often] of Object.entries(AN_HOUR)) {
    left -= often
    if (left < 0) return doing as Doing
  }
  return 'lookAround'
}

export const TOTAL = Object.values(AN_HOUR).reduce((sum, often) => sum + often, 0)
