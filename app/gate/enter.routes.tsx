import type { HonoRequest } from 'hono'
import { LedPage, NotHerePage, OnToPage } from '#views/gate/enter-pages.tsx'
import { words } from '#views/words/words.ts'
import type { RenderPage } from '../http/page.tsx'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import { type EnterDeps, type Entering, enter, type VisitorAtHost, wantedIn } from './enter.ts'
import { stepUp } from './step-up.http.tsx'

type Deps = EnterDeps & GuardDeps & { page: RenderPage; contact?: string | undefined }

/** The way from the portal to an app behind the gate. */
export const enterRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: atHostOf, comesBackWith: 'path_and_query' }, (pages) =>
    pages.get('/', async (c) => {
      const { to: there, n: nonceHash, acr_values: level, max_age: maxAge } = c.req.query()
      const wanted = { to: there, nonceHash, level, maxAge }
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
  const { contact } = deps
  const here = `${c.req.path}${new URL(c.req.url).search}`
  switch (entering.reason) {
    case 'step_up':
      return stepUp(deps, c, { title: entering.app.title, missing: entering.missing }, here)
    case 'no_destination': {
      const link = { href: '/', text: words.troubles.home }
      return deps.page(c, <LedPage {...words.gate.noDestination} link={link} />, 400)
    }
    case 'ahead': {
      const { title, text, goOn } = words.gate.ahead
      const app = entering.app.title
      return deps.page(c, <LedPage title={title(app)} text={text} link={{ href: here, text: goOn(app) }} />, 403)
    }
    case 'too_long':
    case 'unknown_host': {
      const refused = { reason: entering.reason, host: entering.to.host }
      return deps.page(
        c,
        <NotHerePage refused={refused} contact={contact} />,
        entering.reason === 'too_long' ? 414 : 403,
      )
    }
    case 'not_entitled':
      return deps.page(c, <NotHerePage refused={entering} contact={contact} />, 403)
  }
}
