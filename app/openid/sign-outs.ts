import { databaseFailure } from '../lib/database-failures.ts'
import type { RunningProvider } from './provider.ts'

const SECOND = 1000
const CLAIM = 60 * SECOND // longer than any try
const PATIENCE = 10 * SECOND
const LANES = 4
/** Between tries: at once, then after a minute, five, thirty, two hours, and a day. */
const AGAIN = [60, 300, 1800, 7200, 86_400].map((seconds) => seconds * SECOND)

type SignOut = {
  id: string
  /** Null once its app is gone. */
  client: string | null
  subject: string
  sid: string
  attempts: number
  claimedUntilMs: number
}

export type SignOutsStore = {
  /** One that is due and nobody owns. The caller owns it until `untilMs`. */
  claimSignOut(nowMs: number, untilMs: number): Promise<SignOut | undefined>
  removeSignOut(id: string): Promise<void>
  postponeSignOut(of: { id: string; claimedUntilMs: number; attempts: number; nextAttemptAtMs: number }): Promise<void>
}

export type SignOutsDeps = {
  openid: SignOutsStore
  provider(): Promise<RunningProvider | undefined>
  now(): Date
}

/**
 * Tells apps that a session has ended (OpenID Connect Back-Channel Logout 1.0). A row is there since whatever ended it, written by a
 * trigger. Any number of processes may run this at once.
 */
export async function tellSignOuts(
  deps: SignOutsDeps,
  { stopping = () => false, failed = () => {} }: { stopping?: () => boolean; failed?: (client: string) => void } = {},
): Promise<void> {
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => lane(deps, stopping, failed)))
  for (const each of lanes) if (each.status === 'rejected') throw each.reason
}

async function lane(deps: SignOutsDeps, stopping: () => boolean, failed: (client: string) => void): Promise<void> {
  while (!stopping()) {
    const nowMs = deps.now().getTime()
    const signOut = await deps.openid.claimSignOut(nowMs, nowMs + CLAIM)
    if (!signOut) return
    if (await isTold(deps, signOut)) {
      await deps.openid.removeSignOut(signOut.id)
      continue
    }
    failed(signOut.client ?? '')
    const { id, claimedUntilMs, attempts } = signOut
    const wait = AGAIN[attempts]
    if (wait === undefined) await deps.openid.removeSignOut(id)
    else {
      const nextAttemptAtMs = deps.now().getTime() + wait
      await deps.openid.postponeSignOut({ id, claimedUntilMs, attempts: attempts + 1, nextAttemptAtMs })
    }
  }
}

/** The library's, which its types don't name. */
type Tells = { backchannelLogout(subject: string, sid: string): Promise<void> }

/** Whether there is nothing left to tell. */
async function isTold({ provider }: SignOutsDeps, { client: name, subject, sid }: SignOut): Promise<boolean> {
  const running = name === null ? undefined : await provider()
  if (!running || name === null) return true
  const client = await running.library.Client.find(name)
  if (!client?.backchannelLogoutUri) return true
  try {
    await (client as unknown as Tells).backchannelLogout(subject, sid)
    return true
  } catch (error) {
    if (databaseFailure(error)) throw error
    return false
  }
}

/** What the library sends goes to registered clients alone, follows no redirect, and ends after ten seconds. */
export const fetchOfProvider: typeof fetch = (url, options) =>
  fetch(url, { ...options, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
