import type { SealedAs, Vault } from '../lib/vault.ts'
import type { ActiveFactor } from './factor.ts'

/** An active factor, as stored; `secret` is sealed. */
export type StoredFactor = Readonly<{
  id: string
  accountId: number
  kind: string
  slot: string
  secret: string
  name: string
  counter: number
  resistsPhishing: 0 | 1
  credentialId: string | null
  isBackedUp: 0 | 1 | null
  addedAt: Date
  lastUsedAt: Date | null
}>

const place = (factorId: string) => `factors ${factorId}`
export const SECRET: SealedAs = { purpose: 'factor-secret', place }

export const sealSecret = (vault: Vault, factorId: string, secret: Uint8Array): string =>
  vault.seal(SECRET.purpose, place(factorId), secret)

/** Undefined when the sealed value is damaged, belongs to another row, or its key is gone. */
export const openSecret = (vault: Vault, factor: { id: string; secret: string }): Uint8Array | undefined =>
  vault.open(SECRET.purpose, place(factor.id), factor.secret)

/** Those of a kind that can let people in. One whose secret doesn't open lets nobody in, but recovery codes still do. */
export const activeFactors = (vault: Vault, factors: readonly StoredFactor[], kind: string): ActiveFactor[] =>
  factors
    .filter((factor) => factor.kind === kind)
    .flatMap((factor) => {
      const secret = openSecret(vault, factor)
      const { id, counter, credentialId } = factor
      return secret ? [{ id, secret, counter, credentialId }] : []
    })
