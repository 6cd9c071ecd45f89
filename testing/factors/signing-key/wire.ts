import type { FactorKind } from '#app/two-factor/factor.http.ts'
import { signingKeyPages } from './signing-key.http.tsx'
import { signingKey } from './signing-key.ts'
import { signingKeyWrites } from './signing-key-store.ts'

export const signingKeyKind: FactorKind = { ...signingKey(signingKeyWrites), ...signingKeyPages }
