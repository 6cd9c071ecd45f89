import type { Interaction } from 'oidc-provider'
import { z } from 'zod'
import { LedPage, NotHerePage, OnToPage } from '#views/gate/enter-pages.tsx'
import { ConsentPage } from '#views/openid/consent-page.tsx'
import { words } from '#views/words/words.ts'
import { stepUp } from '../gate/step-up.http.tsx'
import { readForm } from '../http/forms.ts'
import { headerOf } from '../http/header.ts'
import type { RenderPage } from '../http/page.tsx'
import { visitorAlone } from '../identity/session.ts'
import { type GuardDeps, type SignedInContext, signedInPages } from '../pages/guards.ts'
import { entering, type Pending } from './enter.ts'
import type { ProofDeps } from './proof.ts'
import { ENTER, type OpenidStore, type RunningProvider } from './provider.ts'
import { subjectIn } from './subject.ts'
import { presentAt } from './visitor-at.ts'

type Deps = GuardDeps &
  ProofDeps & {
    openid: OpenidStore & {
      putConsent(of: { accountId: number; appId: string; scopes: string; givenAt: Date }): Promise<void>
    }
    page: RenderPage
    contact?: string | undefined
    provider(): Promise<RunningProvider | undefined>
  }

/** Where an app has sent somebody who has something to do before they go on to it. */
export const enterRoutes = (deps: Deps) =>
  signedInPages(deps, { deed: 'anything', view: visitorAlone }, (pages) =>
    pages
      .get('/', async (c) => {
        const found = await pendingOf(deps, c)
        return found ? await show(deps, c, found) : over(deps, c)
      })
      .post('/', async (c) => {
        const form = await readForm(c, Answer)
        const found = await pendingOf(deps, c)
        if (!found) return over(deps, c)
        const { visitor, pending } = found
        const entered = visitor && entering(deps, visitor, pending)
        const isOfThis = form.ok && form.data.asked === found.uid
        if (!isOfThis || !visitor || !entered || entered.ok || entered.reason !== 'consent') return show(deps, c, found)
        const [app] = visitor.apps
        const { scopes } = pending
        if (app)
          await deps.openid.putConsent({
            accountId: visitor.account.id,
            appId: app.id,
            scopes: [...new Set([...(visitor.consents[0]?.scopes.split(' ') ?? []), ...scopes])].join(' '),
            givenAt: deps.now(),
          })
        return goOn(deps, c, found, { consent: {} })
      })
      .get('/cancel', (c) => c.redirect(ENTER, 303))
      .post('/cancel', async (c) => {
        const form = await readForm(c, Answer)
        const found = await pendingOf(deps, c)
        if (!found) return over(deps, c)
        const isOfThis = form.ok && form.data.asked === found.uid
        return isOfThis ? goOn(deps, c, found, { error: 'access_denied' }) : show(deps, c, found)
      }),
  )

/** Which question it answers: another app may have asked since in the same browser, which keeps the latest. */
const Answer = z.object({ asked: z.string().max(64).optional() })

type Found = NonNullable<Awaited<ReturnType<typeof pendingOf>>>

/** What the app asked for, by the cookie that only this page gets. */
async function pendingOf(deps: Deps, c: SignedInContext) {
  const provider = await deps.provider()
  if (!provider) return undefined
  const { incoming, outgoing } = c.env
  const details = await provider.library.interactionDetails(incoming, outgoing).catch(ended)
  if (!details) return undefined
  const pending = pendingIn(details)
  const found = await deps.openid.visitorAtClient(c.var.visitor.session.tokenHash, pending.client)
  return { provider, pending, uid: details.uid, visitor: presentAt(deps, found) }
}

/** It has ended, or another session began it. Whatever else went wrong is no such thing. */
function ended(error: Error): undefined {
  if (error.name !== 'SessionNotFound') throw error
}

function pendingIn({ params, prompt, iat }: Interaction): Pending {
  const text = (name: string) => (typeof params[name] === 'string' ? params[name] : '')
  const claims = text('claims') === '' ? undefined : JSON.parse(text('claims')) // the library has read it before
  const { acr, sub } = claims?.id_token ?? {}
  return {
    client: text('client_id'),
    scopes: text('scope').split(' '),
    prompt: prompt.name === 'consent' ? 'consent' : 'login',
    reasons: prompt.reasons,
    acrs: text('acr_values').split(' '),
    essentialAcrs: acr?.essential ? [acr.values ?? acr.value ?? []].flat() : undefined,
    maxAge: text('max_age') === '' ? undefined : Number(params.max_age),
    means: [
      ...(text('id_token_hint') === '' ? [] : [subjectIn(text('id_token_hint'))]),
      ...(sub && 'value' in sub ? [sub.value] : []),
    ],
    begunAt: new Date(iat * 1000),
  }
}

function over(deps: Deps, c: SignedInContext) {
  const link = { href: '/', text: words.troubles.home }
  return deps.page(c, <LedPage {...words.openid.over} link={link} />, 400)
}

async function show(deps: Deps, c: SignedInContext, found: Found) {
  const { visitor, pending } = found
  if (!visitor) return over(deps, c)
  const entered = entering(deps, visitor, pending)
  if (entered.ok) return goOn(deps, c, found, pending.prompt === 'consent' ? { consent: {} } : { login: entered.login })
  const [app] = visitor.apps
  switch (entered.reason) {
    case 'unknown_client':
      return over(deps, c)
    case 'not_entitled':
      return app
        ? deps.page(c, <NotHerePage refused={{ reason: 'not_entitled', app }} contact={deps.contact} />, 403)
        : over(deps, c)
    case 'somebody_else':
      return goOn(deps, c, found, { error: 'login_required' }) // OpenID Connect Core section 3.1.2.1
    case 'unmet':
      return goOn(deps, c, found, { error: 'unmet_authentication_requirements' })
    case 'step_up':
      return stepUp(deps, c, { title: app?.title ?? pending.client, missing: entered.missing }, ENTER)
    case 'consent':
      return deps.page(
        c,
        <ConsentPage
          visitor={c.var.visitor}
          app={app?.title ?? ''}
          scopes={pending.scopes}
          action={ENTER}
          asked={found.uid}
        />,
      )
  }
}

/** Chromium stops the redirect of a form that leaves our origin (`form-action 'self'`), and one may have led here: so a page leads on. */
async function goOn(deps: Deps, c: SignedInContext, { provider, visitor }: Found, result: Record<string, unknown>) {
  const { incoming, outgoing } = c.env
  const url = await provider.library.interactionResult(incoming, outgoing, result).catch(ended)
  if (!url) return over(deps, c) // meanwhile
  const app = visitor?.apps[0]
  if (['cross-site', 'none'].includes(headerOf(c, 'sec-fetch-site') ?? '') || !app) return c.redirect(url, 303)
  c.header('Refresh', `0; url=${url}`)
  return deps.page(c, <OnToPage app={app} host={app.title} url={url} />)
}
