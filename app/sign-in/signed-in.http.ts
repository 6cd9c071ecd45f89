import type { Cookies } from '../http/cookies.ts'
import type { AppContext } from '../http/env.ts'
import type { Holds } from './sign-in.ts'

/** What a browser holds once a sign-in is finished, and whether the next page says that its account stays. */
export function signedInBrowser(
  c: AppContext,
  cookies: Cookies,
  { token, holds, stays }: { token: string; holds: Holds; stays: boolean },
): void {
  cookies.session.write(c, token)
  cookies.pending.remove(c)
  cookies.browser.hold(c, holds.known)
  cookies.trusted.hold(c, holds.trusted)
  if (stays) cookies.flash.leave(c, 'deletion_undone')
}
