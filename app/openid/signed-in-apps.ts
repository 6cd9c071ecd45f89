import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { Find, SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'
import { looksLikeId } from '../lib/tokens.ts'

type AtApp = Readonly<{ appId: string; title: string; isThirdParty: 0 | 1; scopes: string }>
/** A session that has signed in there. */
type SignIn = AtApp & Readonly<{ startedAt: Date; lastUsedAt: Date; browser: string; system: string | null }>
type Allowed = AtApp & Readonly<{ givenAt: Date }>
type Apps = { signIns: readonly SignIn[]; allowed: readonly Allowed[] }

export type SignedInAppsStore = {
  /** Those of live sessions, seen since `seenAfter`, in which the app still has something; the latest first. */
  visitorWithApps(tokenHash: string, now: Date, seenAfter: Date): Promise<(SignedIn & Apps) | undefined>
  /** Ends what the app has in any session of the account, and what it was allowed. False if it has nothing. */
  revokeApp(accountId: number, appId: string, event: SecurityEvent): Promise<boolean>
}

export type SignedInAppsDeps = { signedInApps: SignedInAppsStore; sessionIdle: number; now(): Date }

export const signedInAppsView =
  ({ signedInApps, sessionIdle, now }: SignedInAppsDeps): Find<SignedIn & Apps> =>
  (tokenHash) => {
    const at = now()
    return signedInApps.visitorWithApps(tokenHash, at, new Date(at.getTime() - sessionIdle))
  }

export type SignedInApp = {
  id: string
  title: string
  /** Whether it asks each person. */
  isThirdParty: boolean
  scopes: string[]
  since: Date
  /** Undefined while no session is signed in there, though the app is still allowed to ask. */
  lastUsed: Date | undefined
  browsers: { browser: string; system: string | null }[]
}

/** Each app once, with all sessions that have signed in there: the latest first, and then those that are only allowed. */
export function appsOf({ signIns, allowed }: Apps): SignedInApp[] {
  const ids = new Set([...signIns, ...allowed].map(({ appId }) => appId))
  return [...ids].flatMap((id) => {
    const at = signIns.filter(({ appId }) => appId === id)
    const consents = allowed.filter(({ appId }) => appId === id)
    const [known] = [...at, ...consents]
    if (!known) return []
    const begun = [...at.map(({ startedAt }) => startedAt), ...consents.map(({ givenAt }) => givenAt)]
    return {
      id,
      title: known.title,
      isThirdParty: known.isThirdParty === 1,
      scopes: [...new Set([...at, ...consents].flatMap(({ scopes }) => scopes.split(' ')))],
      since: new Date(Math.min(...begun.map((each) => each.getTime()))),
      lastUsed: at[0]?.lastUsedAt,
      browsers: at.map(({ browser, system }) => ({ browser, system })),
    }
  })
}

/** Takes back what an app has of the account, in all its sessions. False if it has nothing. */
export const revokeApp = async (
  { signedInApps, now }: SignedInAppsDeps,
  { account }: SignedIn,
  appId: string,
  origin: Origin,
): Promise<boolean> =>
  looksLikeId(appId) &&
  signedInApps.revokeApp(
    account.id,
    appId,
    securityEvent('app_revoked', account.id, origin, now(), null, { subject: appId }),
  )
