import type { Stores } from '#db/stores.ts'
import { factorKinds } from './factor-kinds.ts'

export const wireTwoFactor = ({ events, twoFactor }: Stores, { issuer }: { issuer: string }) => ({
  factorKinds: factorKinds({ issuer }),
  authenticators: twoFactor,
  disabling: twoFactor,
  enrolments: twoFactor,
  keptEnrolments: twoFactor,
  recoveryCodes: { ...twoFactor, record: events.record },
})
