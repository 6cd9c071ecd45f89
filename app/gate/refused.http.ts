import type { AppContext } from '../http/env.ts'
import type { Verdict } from './check.ts'

/** Why nobody gets on. `no_cookies`: the browser came back from the portal without what ties it to that way. */
export type Refused = Extract<Verdict, { verdict: 'refused' }> | { verdict: 'no_cookies'; host: string }

/** A page for a person at a browser, at the host of the app. */
export const refusedPage = (c: AppContext, _refused: Refused): Response =>
  c.text('403 Forbidden\n', 403, { 'Cache-Control': 'no-store' })
