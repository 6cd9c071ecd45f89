import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { type OperatorsEvent, operatorsEvent } from '../identity/security-events.ts'
import { newId } from '../lib/tokens.ts'
import { keyIdOf, type SealedAs, type Vault } from '../lib/vault.ts'
import type { Acting } from '../operators/acting.ts'

const A_DAY = 24 * 60 * 60_000

/** How long an ID token is good. */
export const ID_TOKEN = 60 * 60_000
const LATE = 10 * 60_000 // until every process signs with the new key, and clocks that differ

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
  /** Those that have ended as well. */
  everyKey(): Promise<KeyRow[]>
  /** All at once: new ones, and when those before them end. False if another process made one in the same position. */
  rotateKeys(of: { made: KeyRow[]; ends: { id: string; endsAt: Date }[]; event: OperatorsEvent }): Promise<boolean>
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
  const id = newId()
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: id, alg, use: 'sig' }
  const sealed = vault.seal(KEY.purpose, KEY.place(id), Buffer.from(JSON.stringify(jwk)))
  return { id, alg, sealed, endsAt: null, ...at }
}

/**
 * The keys to publish, and of each algorithm the one to sign with first. Makes the first one of each of `algs`. Throws what an operator
 * can act on if none of an algorithm opens: apps would hear that their clients are wrong.
 */
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
  const opened = inOrder.flatMap((row) => openKey(vault, row) ?? [])
  const lost = rows.filter((row) => !opened.some(({ alg }) => alg === row.alg))
  if (lost.length === 0) return opened
  const ids = [...new Set(lost.map(({ sealed }) => keyIdOf(sealed)))].join(', ')
  throw new Error(
    `No key for ID tokens opens: they were sealed with the key ${ids}. Put it back behind the others in LATCHKEY_KEYS, or make new ones: latchkey keys rotate --stolen`,
  )
}

function openKey(vault: Vault, { id, sealed }: KeyRow): PrivateJwk | undefined {
  const opened = vault.open(KEY.purpose, KEY.place(id), sealed)
  return opened && (JSON.parse(Buffer.from(opened).toString()) as PrivateJwk)
}

export type Rotated =
  | { ok: true; algs: Alg[]; usedFrom: Date; endsAt: Date }
  | { ok: false; wrong: 'no_keys' }
  | { ok: false; wrong: 'waiting'; usedFrom: Date }

/**
 * A new key of each algorithm. It is published for a day before it signs, as clients read the list now and then; the old one stays
 * published until the last token that it signed has ended. `isStolen`: the new ones sign at once, and nothing that the old ones signed
 * is good from now on.
 */
export async function rotateKeys(
  deps: SigningKeysDeps,
  by: Acting,
  { isStolen = false }: { isStolen?: boolean } = {},
): Promise<Rotated> {
  const at = deps.now()
  const every = await deps.openid.everyKey()
  const published = every.filter(({ endsAt }) => endsAt === null || endsAt > at)
  const waiting = published.find(({ usedFrom }) => usedFrom > at)
  const algs = [...new Set(published.map(({ alg }) => alg))]
  if (algs.length === 0) return { ok: false, wrong: 'no_keys' }
  if (waiting && !isStolen) return { ok: false, wrong: 'waiting', usedFrom: waiting.usedFrom }
  const usedFrom = isStolen ? at : new Date(at.getTime() + A_DAY)
  const endsAt = isStolen ? at : new Date(usedFrom.getTime() + ID_TOKEN + LATE)
  const next = (alg: Alg) => 1 + Math.max(...every.filter((key) => key.alg === alg).map(({ position }) => position))
  const made = await Promise.all(
    algs.map((alg) => newKey(deps.vault, alg, { position: next(alg), createdAt: at, usedFrom })),
  )
  const ends = published.filter((key) => isStolen || key.endsAt === null).map(({ id }) => ({ id, endsAt }))
  const event = operatorsEvent('openid_keys_rotated', algs.join(' '), { by, at })
  const isDone = await deps.openid.rotateKeys({ made, ends, event })
  return isDone ? { ok: true, algs, usedFrom, endsAt } : rotateKeys(deps, by, { isStolen })
}
