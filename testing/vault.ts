import { randomBytes } from 'node:crypto'
import { createVault, type Vault } from '#app/lib/vault.ts'

export const testVault = (): Vault => createVault([{ id: 't1', key: randomBytes(32) }])
