import type { Stores } from '#db/stores.ts'
import type { Vault } from '../lib/vault.ts'
import type { FactorKind } from './factor.http.ts'
import type { FactorKinds } from './factor.ts'
import { factorKinds } from './factor-kinds.ts'
import { recoveryCodeKind } from './factors/recovery-codes/wire.ts'

type Kinds = { issuer: string; vault: Vault; moreKinds: FactorKind[] }

export const wireTwoFactor = ({ events, twoFactor }: Stores, { issuer, vault, moreKinds }: Kinds) => ({
  factorKinds: withMore(factorKinds({ issuer }), moreKinds),
  recoveryCodeAnswers: recoveryCodeKind(vault),
  authenticators: twoFactor,
  disabling: twoFactor,
  enrolments: twoFactor,
  userHandles: twoFactor,
  freshProofs: { ...twoFactor, record: events.record },
  keptEnrolments: twoFactor,
  recoveryCodes: twoFactor,
  codeTests: { ...twoFactor, record: events.record },
})

const withMore = ([first, ...others]: FactorKinds<FactorKind>, more: FactorKind[]): FactorKinds<FactorKind> => [
  first,
  ...others,
  ...more,
]
