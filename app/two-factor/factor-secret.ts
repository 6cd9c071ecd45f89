import type { Vault } from '../lib/vault.ts'

/** An active factor, as stored; `secret` is sealed. */
export type StoredFactor = {
  id: string
  accountId: number
  kind: string
  slot: string
  secret: string
  name: string
  counter: number
  addedAt: Date
  lastUsedAt: Date | null
}

const place = (factorId: string) => `factors ${factorId}`

export const sealSecret = (vault: Vault, factorId: string, secret: Uint8Array): string =>
  vault.seal('factor-secret', place(factorId), secret)

/** Undefined when the sealed value is damaged, belongs to another row, or its key is gone. */
export const openSecret = (vault: Vault, factor: { id: string; secret: string }): Uint8Array | undefined =>
  vault.open('factor-secret', place(factor.id), factor.secret)
