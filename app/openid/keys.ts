import { createHash, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { newId } from '../lib/tokens.ts'
import type { SealedAs, Vault } from '../lib/vault.ts'

const A_DAY = 24 * 60 * 60_000

export const KEY: SealedAs = { purpose: 'openid-key', place: (id) => `openid_keys ${id}` }

export type Alg = 'RS256' | 'ES256' | 'EdDSA'
export type KeyRow = {
  id: string
  alg: Alg
  position: number
  sealed: string
  createdAt: Date
  usedFrom: Date
  endsAt: Date | null
}
/** RFC 7517, private. */
export type PrivateJwk = { kty: string; kid: string; alg: Alg; use: 'sig' } & Record<string, unknown>

export type KeyStore = {
  /** Those that are still published, by `alg` and from the oldest. */
  keysAt(at: Date): Promise<KeyRow[]>
  /** False if another process made one in that position. */
  putKey(key: KeyRow): Promise<boolean>
}

export type SigningKeysDeps = { openid: KeyStore; vault: Vault; now(): Date }

const generate = promisify(generateKeyPair) as (
  kind: string,
  options: object,
) => Promise<{
  privateKey: { export(as: { format: 'jwk' }): Record<string, unknown> }
}>
const KINDS: Record<Alg, () => Promise<Awaited<ReturnType<typeof generate>>>> = {
  RS256: () => generate('rsa', { modulusLength: 2048 }),
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generate('ed25519', {}),
}

async function newKey(
  vault: Vault,
  alg: Alg,
  at: { position: number; createdAt: Date; usedFrom: Date },
): Promise<KeyRow> {
  const { privateKey } = await KINDS[alg]()
  const id = createHash('sha256').update(newId()).digest('base64url').slice(0, 22)
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: id, alg, use: 'sig' }
  const sealed = vault.seal(KEY.purpose, KEY.place(id), Buffer.from(JSON.stringify(jwk)))
  return { id, alg, sealed, endsAt: null, ...at }
}

/** The keys to publish, and of each algorithm the one to sign with first. Makes the first one of each of `algs`. */
export async function signingKeys(deps: SigningKeysDeps, algs: readonly Alg[]): Promise<PrivateJwk[]> {
  const { openid, vault, now } = deps
  const at = now()
  const rows = await openid.keysAt(at)
  const missing = algs.filter((alg) => !rows.some((row) => row.alg === alg))
  for (const alg of missing) await openid.putKey(await newKey(vault, alg, { position: 1, createdAt: at, usedFrom: at }))
  if (missing.length > 0) return signingKeys(deps, algs)
  const used = rows.filter(({ usedFrom }) => usedFrom <= at)
  const newest = new Map(used.map((row) => [row.alg, row.id]))
  const inOrder = [...rows].sort((one, other) => Number(isFirst(other)) - Number(isFirst(one)))
  function isFirst({ alg, id }: KeyRow) {
    return newest.get(alg) === id
  }
  return inOrder.flatMap((row) => openKey(vault, row) ?? [])
}

function openKey(vault: Vault, { id, sealed }: KeyRow): PrivateJwk | undefined {
  const opened = vault.open(KEY.purpose, KEY.place(id), sealed)
  return opened && (JSON.parse(Buffer.from(opened).toString()) as PrivateJwk)
}

/** Until then a new key is only published: clients read the list of keys now and then. */
export const publishedFor = A_DAY
