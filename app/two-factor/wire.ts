import type { Stores } from '#db/stores.ts'

export const wireTwoFactor = ({ events, twoFactor }: Stores) => ({
  authenticators: twoFactor,
  disabling: twoFactor,
  enrolments: twoFactor,
  userHandles: twoFactor,
  freshProofs: { ...twoFactor, record: events.record },
  keptEnrolments: twoFactor,
  recoveryCodes: twoFactor,
  codeTests: { ...twoFactor, record: events.record },
})
