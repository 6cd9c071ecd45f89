import type { FactorKind } from '../factor.http.ts'
import type { FactorKinds } from '../factor.ts'
import { passkeyKind } from './passkey/wire.ts'
import { totpKind } from './totp/wire.ts'

/** Every kind of second factor there is. To add one: a folder of its own for its rules, views and store, and a line here. */
export const factorKinds = (settings: { issuer: string; baseUrl: string }): FactorKinds<FactorKind> => [
  totpKind(settings),
  passkeyKind(settings),
]
