import type { Vault } from '../../lib/vault.ts'
import type { FactorKind } from '../factor.http.ts'
import type { FactorKinds } from '../factor.ts'
import { factorKinds } from './factor-kinds.ts'
import { recoveryCodeKind } from './recovery-codes/wire.ts'

type Kinds = { issuer: string; baseUrl: string; vault: Vault; moreKinds: FactorKind[] }

export const wireFactors = ({ issuer, baseUrl, vault, moreKinds }: Kinds) => ({
  factorKinds: withMore(factorKinds({ issuer, baseUrl }), moreKinds),
  recoveryCodeAnswers: recoveryCodeKind(vault),
})

const withMore = ([first, ...others]: FactorKinds<FactorKind>, more: FactorKind[]): FactorKinds<FactorKind> => [
  first,
  ...others,
  ...more,
]
