import { RefusedPage } from '#views/gate/refused-page.tsx'
import { words } from '#views/words/words.ts'
import type { AppContext } from '../http/env.ts'
import type { RenderElsewhere } from '../http/page.tsx'
import type { Asked, Verdict } from './check.ts'
import { urlOf } from './hand-over.ts'

/** Why nobody gets on. `no_cookies`: the browser came back from the portal without what ties it to that way. */
export type Refused = Extract<Verdict, { verdict: 'refused' }> | { reason: 'no_cookies' | 'too_long'; app?: undefined }

export type RefusedPageDeps = { baseUrl: string; contact?: string | undefined; elsewhere: RenderElsewhere }

/** A page for a person at a browser, at the host of the app. */
export function refusedPage(
  { baseUrl, contact, elsewhere }: RefusedPageDeps,
  c: AppContext,
  asked: Asked,
  { reason, app }: Refused,
  status: 403 | 414 = 403,
): Response {
  const portal = { href: `${baseUrl}/`, text: words.troubles.goTo(baseUrl) }
  const link = reason === 'no_cookies' ? { href: urlOf(asked), text: words.gate.again } : portal
  const refused =
    reason === 'not_entitled' || reason === 'no_token_here' ? { reason, app } : { reason, host: asked.host }
  return elsewhere(c, (style) => <RefusedPage refused={refused} contact={contact} style={style} link={link} />, status)
}
