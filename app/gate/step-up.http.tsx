import { LedPage } from '#views/gate/enter-pages.tsx'
import { words } from '#views/words/words.ts'
import type { AnyContext } from '../http/env.ts'
import type { RenderPage } from '../http/page.tsx'
import type { Lacking } from './check.ts'

/** Where each lacking proof is given, which leads back from there. */
const PROVED_AT: Record<Exclude<Lacking, keyof typeof SET_UP_AT>, string> = {
  second_factor: '/settings/two-factor/fresh-proof?return_to=',
  held: '/settings/two-factor/fresh-proof?level=held&return_to=',
  resistant: '/settings/two-factor/fresh-proof?level=phishing_resistant&return_to=',
  password: '/settings/password/again?return_to=',
}
const SET_UP_AT = {
  set_up_second_factor: '/settings/two-factor/set-up/confirm',
  add_resistant: '/settings/two-factor/add/confirm',
} as const

/** Leads to where what an app misses is shown or set up, and from there back to `here`. `title` is the app's. */
export function stepUp(
  deps: { page: RenderPage },
  c: AnyContext,
  { title, missing }: { title: string; missing: Lacking },
  here: string,
) {
  if (missing !== 'set_up_second_factor' && missing !== 'add_resistant')
    return c.redirect(`${PROVED_AT[missing]}${encodeURIComponent(here)}`, 303)
  const setUp = missing === 'add_resistant' ? words.gate.addPasskey : words.gate.setUp
  const link = { href: SET_UP_AT[missing], text: setUp.link }
  return deps.page(c, <LedPage title={setUp.title(title)} text={setUp.text(title)} link={link} />, 403)
}
