import { randomBytes } from 'node:crypto'
import { encodeHexLowerCase } from '@oslojs/encoding'
import type { SignedIn } from '../identity/visitor.ts'
import { hashToken } from '../lib/tokens.ts'
import { canonicalHost, type Scheme } from './hosts.ts'
import type { Requirement } from './requirement.ts'

const A_MINUTE = 60_000

/** The parameter in the URL of a host that carries the code from the portal. */
export const CODE = 'latchkey_code'

type Code = { codeHash: string; sessionId: string; host: string; nonceHash: string; expiresAt: Date }
type GateSession = { tokenHash: string; sessionId: string; host: string; startedAt: Date; lastSeenAt: Date }

export type HandOverStore = {
  /** False if the session or the host is gone. */
  putCode(code: Code): Promise<boolean>
  findCode(codeHash: string): Promise<Code | undefined>
  spendCode(codeHash: string): Promise<void>
  handOver(of: { codeHash: string; nonceHash: string; gateSession: GateSession }): Promise<boolean>
}

export type HandOverDeps = { gate: HandOverStore; now(): Date }

/**
 * What a browser holds at a host from the refused navigation on, and its SHA-256, which travels by the portal. What it holds already
 * goes on: another of its tabs may be on its way.
 */
export function nonceFor(held: string | undefined): { nonce: string; nonceHash: string } {
  const nonce = held !== undefined && /^[0-9a-f]{32}$/.test(held) ? held : encodeHexLowerCase(randomBytes(16))
  return { nonce, nonceHash: hashToken(nonce) }
}

/** Where a browser wants to go behind the gate: parsed once, and always written from its parts. */
export type Destination = { scheme: Scheme; host: string; path: string; search: string }

export const urlOf = ({ scheme, host, path, search }: Destination): string => `${scheme}://${host}${path}${search}`

const LONGEST = 3000 // characters of a URL that is encoded twice, as it travels by the portal: proxies take 4,096 and more

/** Where a browser is led back to; with no path that climbs, as browsers write it. Undefined for what is too long to travel. */
export function destinationOf({ scheme, host, path, search }: Destination): Destination | undefined {
  const url = new URL(`${scheme}://${host}`)
  url.pathname = path
  url.search = search
  const to = { scheme, host, path: url.pathname, search: url.search }
  return inQuery(inQuery(urlOf(to))).length > LONGEST ? undefined : to
}

const inQuery = encodeURIComponent

/** The page of the portal that lets a session in there. `asks`: what it lacks, in the terms of RFC 9470 section 4. */
export const wayIn = (baseUrl: string, to: Destination, nonceHash: string, asks?: Requirement): string =>
  `${baseUrl}/gate/enter?to=${inQuery(urlOf(to))}&n=${nonceHash}${asks ? `&acr_values=${asks.level}` : ''}${
    asks && asks.maxAge !== null ? `&max_age=${asks.maxAge}` : ''
  }`

/** The page of the portal that asks whether to sign out. */
export const wayOut = (baseUrl: string, host: string): string => `${baseUrl}/gate/sign-out?from=${inQuery(host)}`

/** Undefined for what is no URL of that scheme, or has a user, a code of ours, or anything else that no check wrote. */
export function destinationIn(text: string, scheme: Scheme): Destination | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, host, username, password, pathname, search, hash } = new URL(text)
  if (protocol !== `${scheme}:` || username || password || hash) return undefined
  const canonical = canonicalHost(host, scheme)
  if (canonical === undefined || new URLSearchParams(search).has(CODE)) return undefined
  const destination = { scheme, host: canonical, path: pathname, search }
  return urlOf(destination) === text ? destination : undefined
}

/** Makes the code that lets the session in at the host of `to`, and returns the URL that takes it there. Undefined if the session or the host is gone. */
export async function sendWithCode(
  { gate, now }: HandOverDeps,
  { session }: SignedIn,
  to: Destination,
  nonceHash: string,
): Promise<string | undefined> {
  const code = randomBytes(32).toString('base64url')
  const row = {
    codeHash: hashToken(code),
    sessionId: session.id,
    host: to.host,
    nonceHash,
    expiresAt: new Date(now().getTime() + A_MINUTE),
  }
  if (!(await gate.putCode(row))) return undefined
  return urlOf({ ...to, search: `${to.search === '' ? '?' : `${to.search}&`}${CODE}=${code}` })
}

/**
 * What the check does that sees a code: spends it, whoever shows it. Returns the token for the cookie of the host; undefined where the
 * code is gone, over, for another host or another browser.
 */
export async function takeCode(
  { gate, now }: HandOverDeps,
  { code, host, nonce }: { code: string; host: string; nonce: string | undefined },
): Promise<string | undefined> {
  if (!/^[\w-]{43}$/.test(code)) return undefined
  const codeHash = hashToken(code)
  const found = await gate.findCode(codeHash)
  if (!found) return undefined
  const at = now()
  const nonceHash = nonce === undefined ? undefined : hashToken(nonce)
  if (nonceHash !== found.nonceHash || found.host !== host || found.expiresAt <= at) {
    await gate.spendCode(codeHash)
    return undefined
  }
  const token = encodeHexLowerCase(randomBytes(16))
  const gateSession = { tokenHash: hashToken(token), sessionId: found.sessionId, host, startedAt: at, lastSeenAt: at }
  return (await gate.handOver({ codeHash, nonceHash, gateSession })) ? token : undefined
}
