import type { HonoRequest } from 'hono'
import { LedPage, OnToPage } from '#views/gate/enter-pages.tsx'
import { words } from '#views/words/words.ts'
import type { RenderPage } from '../http/page.tsx'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import type { Missing } from './check.ts'
import { type EnterDeps, type Entering, enter, type VisitorAtHost, wantedIn } from './enter.ts'

type Deps = EnterDeps & GuardDeps & { page: RenderPage }

/** Where each lacking proof is given. The first two lead back. */
const PROVED_AT: Record<Exclude<Missing, 'set_up_second_factor'>, string> = {
  second_factor: '/settings/two-factor/fresh-proof',
  password: '/settings/password/again',
}
const SET_UP = '/settings/two-factor/set-up/confirm'

/** The way from the portal to an app behind the gate. */
export const enterRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: atHostOf, comesBackWith: 'path_and_query' }, (pages) =>
    pages.get('/', async (c) => {
      const wanted = { to: c.req.query('to'), nonceHash: c.req.query('n') }
      const entering = await enter(deps, c.var.visitor, wanted, { origin: c.var.origin, isAhead: isAhead(c.req) })
      if (!entering.ok) return refuse(deps, c, entering)
      const { app, to, url } = entering
      if (comesFromElsewhere(c.req)) {
        c.header('Referrer-Policy', 'no-referrer')
        return c.redirect(url, 303)
      }
      c.header('Refresh', `0; url=${url}`)
      return deps.page(c, <OnToPage app={app} host={to.host} url={url} />)
    }),
  )

const atHostOf =
  ({ gate, baseUrl }: Deps, request: HonoRequest) =>
  (tokenHash: string) =>
    gate.visitorAtHost(tokenHash, wantedIn({ baseUrl }, request.query('to'))?.host ?? '')

/** Chromium stops the redirect of a form that leaves our origin (`form-action 'self'`), so what follows a form of ours is a page. */
const comesFromElsewhere = (request: HonoRequest) =>
  ['cross-site', 'same-site', 'none'].includes(request.header('Sec-Fetch-Site') ?? '')

const isAhead = (request: HonoRequest) =>
  request.method !== 'GET' ||
  /prefetch/i.test(`${request.header('Sec-Purpose') ?? ''} ${request.header('Purpose') ?? ''}`)

function refuse(deps: Deps, c: SignedInContext<VisitorAtHost>, entering: Exclude<Entering, { ok: true }>) {
  const { refused, setUp } = words.gate
  const here = `${c.req.path}${new URL(c.req.url).search}`
  const home = { href: '/', text: words.troubles.home }
  switch (entering.reason) {
    case 'step_up': {
      const { app, missing } = entering
      if (missing !== 'set_up_second_factor')
        return c.redirect(`${PROVED_AT[missing]}?return_to=${encodeURIComponent(here)}`, 303)
      const link = { href: SET_UP, text: setUp.link }
      return deps.page(c, <LedPage title={setUp.title(app.title)} text={setUp.text(app.title)} link={link} />, 403)
    }
    case 'no_destination':
      return deps.page(c, <LedPage {...refused.no_destination} link={home} />, 400)
    case 'too_long':
      return deps.page(c, <LedPage {...refused.too_long} link={home} />, 414)
    case 'unknown_host': {
      const text = refused.unknown_host.text(<span class="long">{entering.to.host}</span>)
      return deps.page(c, <LedPage title={refused.unknown_host.title} text={text} link={home} />, 403)
    }
    case 'not_entitled': {
      const { title } = entering.app
      const { not_entitled } = refused
      return deps.page(
        c,
        <LedPage title={not_entitled.title(title)} text={not_entitled.text(title)} link={home} />,
        403,
      )
    }
    case 'ahead': {
      const { title } = entering.app
      const link = { href: here, text: words.gate.goOn(title) }
      return deps.page(c, <LedPage title={refused.ahead.title(title)} text={refused.ahead.text} link={link} />, 403)
    }
  }
}
