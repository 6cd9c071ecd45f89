import type { Vault } from '../lib/vault.ts'
import type { SignedIn } from './visitor.ts'

const TWO_MINUTES = 2 * 60_000 // far more than a browser needs to follow a redirect

export type ShownOnceDeps = { vault: Vault; now(): Date }

/** What is shown once and never again. */
type Kind = 'access-token-once' | 'client-secret-once'

/** A new secret, sealed for this session, which the browser brings to the one page that shows it. */
export function sealOnce({ vault, now }: ShownOnceDeps, kind: Kind, visitor: SignedIn, value: string): string {
  const until = now().getTime() + TWO_MINUTES
  return vault.seal(kind, placeOf(visitor), new TextEncoder().encode(JSON.stringify({ value, until })))
}

/** What `sealOnce` sealed for this session within two minutes; undefined for anything else. */
export function openOnce({ vault, now }: ShownOnceDeps, kind: Kind, visitor: SignedIn, sealed: string) {
  const opened = vault.open(kind, placeOf(visitor), sealed)
  if (!opened) return undefined
  const { value, until } = JSON.parse(new TextDecoder().decode(opened)) as { value: string; until: number }
  return now().getTime() < until ? value : undefined
}

const placeOf = ({ session }: SignedIn) => `sessions ${session.id}`
