import { Hono } from 'hono'
import { accessTokenRoutes } from './access-tokens/access-tokens.routes.tsx'
import { changeEmailRoutes, newEmailRoutes } from './account/change-email.routes.tsx'
import { changeNameRoutes } from './account/change-name.routes.tsx'
import { changePasswordRoutes } from './account/change-password.routes.tsx'
import { changeUsernameRoutes } from './account/change-username.routes.tsx'
import { checkUpRoutes } from './account/check-up.routes.tsx'
import { confirmEmailRoutes, emailRoutes } from './account/confirm-email.routes.tsx'
import { dashboardRoutes } from './account/dashboard.routes.tsx'
import { dataRoutes } from './account/data.routes.tsx'
import { deleteAccountRoutes } from './account/delete-account.routes.tsx'
import { keepAccountRoutes } from './account/keep-account.routes.tsx'
import { passwordAgainRoutes } from './account/password-again.routes.tsx'
import { sessionsRoutes } from './account/sessions.routes.tsx'
import { settingsRoutes } from './account/settings.routes.tsx'
import { docsRoutes } from './api/docs/docs.routes.tsx'
import { jelasticRoutes } from './api/jelastic/jelastic.routes.ts'
import { documentOf } from './api/v1/document.ts'
import { answerProblem } from './api/v1/problems.ts'
import { v1Routes } from './api/v1/v1.routes.ts'
import type { Deps } from './deps.ts'
import { appsRoutes } from './gate/apps.routes.tsx'
import { CHECKS } from './gate/asked.http.ts'
import { checkRoutes } from './gate/check.routes.ts'
import { enterRoutes } from './gate/enter.routes.tsx'
import { signOutAtGateRoutes } from './gate/sign-out.routes.tsx'
import { assetsIn } from './http/assets.ts'
import { createCookies } from './http/cookies.ts'
import type { AppEnv } from './http/env.ts'
import { errorPages } from './http/errors.tsx'
import { securityHeaders } from './http/headers.ts'
import { onlyHost } from './http/host.ts'
import { onlyAllowedMethods } from './http/methods.ts'
import { elsewhereRenderer, pageRenderer } from './http/page.tsx'
import { requester } from './http/requester.ts'
import { RememberingRouter } from './http/router.ts'
import { sameOrigin } from './http/same-origin.ts'
import { notMeRoutes } from './mail/not-me.routes.tsx'
import { clientsRoutes } from './openid/clients.routes.tsx'
import { enterRoutes as openidEnterRoutes } from './openid/enter.routes.tsx'
import { openidRoutes } from './openid/provider.routes.tsx'
import { ENTER } from './openid/provider.ts'
import { signedInAppsRoutes } from './openid/signed-in-apps.routes.tsx'
import { webfingerRoutes } from './openid/webfinger.routes.ts'
import { operateRoutes } from './operators/operate.routes.ts'
import { beginRecoveryRoutes } from './sign-in/begin-recovery.routes.tsx'
import { lostEverythingRoutes } from './sign-in/lost-everything.routes.tsx'
import { rescueRoutes } from './sign-in/rescue.routes.tsx'
import { newPasswordRoutes, resetPasswordRoutes } from './sign-in/reset-password.routes.tsx'
import { secondStepRoutes } from './sign-in/second-step.routes.tsx'
import { signInRoutes } from './sign-in/sign-in.routes.tsx'
import { signInAloneRoutes } from './sign-in/sign-in-alone.routes.tsx'
import { signOutRoutes } from './sign-in/sign-out.routes.ts'
import { signUpRoutes } from './sign-in/sign-up.routes.tsx'
import { stopByLinkRoutes, stopRecoveryRoutes } from './sign-in/stop-recovery.routes.tsx'
import { addRoutes } from './two-factor/add.routes.tsx'
import { authenticatorsRoutes } from './two-factor/authenticators.routes.tsx'
import { disableRoutes } from './two-factor/disable.routes.tsx'
import { enrolRoutes } from './two-factor/enrol.routes.tsx'
import { freshProofRoutes } from './two-factor/fresh-proof.routes.tsx'
import { recoveryCodesRoutes } from './two-factor/recovery-codes.routes.tsx'
import { replaceRoutes } from './two-factor/replace.routes.tsx'
import { testCodeRoutes } from './two-factor/test-code.routes.tsx'
import { healthRoutes } from './watch/health.routes.ts'
import { metricsRoutes } from './watch/metrics.routes.ts'
import { watched } from './watch/watched.http.ts'

/** One below the project's root, as the built dist/server.js is. */
const PUBLIC = new URL('../public/', import.meta.url)

/** The product: what every request passes, in order, and one mount per flow. `report` is told of faults of ours. */
export function createApp(services: Deps, report: (error: unknown) => void = services.watch.fault): Hono<AppEnv> {
  const { baseUrl, issuer, vault, trustedProxies, watch } = services
  const assets = assetsIn(PUBLIC)
  const page = pageRenderer({ assets, issuer })
  const elsewhere = elsewhereRenderer({ assets, issuer })
  const deps = { ...services, page, elsewhere, cookies: createCookies({ baseUrl, vault }) }
  const errors = errorPages({ page, baseUrl, report })

  const v1 = v1Routes(deps)
  const app = new Hono<AppEnv>({ router: new RememberingRouter(Object.values(CHECKS)) })
  return app
    .route('/', watched({ ...deps, isMeasured: deps.metricsToken !== undefined }))
    .route('/', checkRoutes({ ...deps, report })) // a proxy asks before each request to an app, for any host
    .use(securityHeaders(baseUrl))
    .route('/metrics', metricsRoutes(deps))
    .route('/', healthRoutes(deps)) // before the host check: a probe comes by address
    .use(onlyHost(baseUrl, watch.otherHost), onlyAllowedMethods(app), requester(trustedProxies))
    .route('/1.0', jelasticRoutes({ ...deps, report }))
    .route('/api/v1', v1)
    .route('/api', docsRoutes({ page, baseUrl, document: () => documentOf(v1, { baseUrl, issuer }) }))
    .route('/', webfingerRoutes(deps))
    .route('/', openidRoutes({ ...deps, report })) // apps send people here, and programs ask: from any site
    .use(sameOrigin(baseUrl, watch.otherSite))
    .route('/', assets.routes)

    .route('/sign-up', signUpRoutes(deps))
    .route('/sign-in', signInRoutes(deps))
    .route('/sign-in/passkey', signInAloneRoutes(deps))
    .route('/sign-in/two-factor', secondStepRoutes(deps))
    .route('/sign-in/two-factor/rescue', rescueRoutes(deps))
    .route('/sign-in/two-factor/lost-everything', lostEverythingRoutes(deps))
    .route('/sign-out', signOutRoutes(deps))
    .route('/reset-password', resetPasswordRoutes(deps))

    .route('/mail/confirm-email', confirmEmailRoutes(deps))
    .route('/mail/change-email', newEmailRoutes(deps))
    .route('/mail/reset-password', newPasswordRoutes(deps))
    .route('/mail/keep-account', keepAccountRoutes(deps))
    .route('/mail/lost-everything', beginRecoveryRoutes(deps))
    .route('/mail/stop-recovery', stopByLinkRoutes(deps))

    .route('/gate/enter', enterRoutes(deps))
    .route('/gate/sign-out', signOutAtGateRoutes(deps))
    .route(ENTER, openidEnterRoutes(deps))
    .route('/operate', operateRoutes(deps))
    .route('/operate/apps', appsRoutes(deps))
    .route('/operate/clients', clientsRoutes(deps))
    .route('/', dashboardRoutes(deps))
    .route('/settings', settingsRoutes(deps))
    .route('/settings/stop-recovery', stopRecoveryRoutes(deps))
    .route('/settings/name', changeNameRoutes(deps))
    .route('/settings/username', changeUsernameRoutes(deps))
    .route('/settings/account/data', dataRoutes(deps))
    .route('/settings/account/delete', deleteAccountRoutes(deps))
    .route('/settings/check-up', checkUpRoutes(deps))
    .route('/settings/check-up/code', testCodeRoutes(deps))
    .route('/settings/password', changePasswordRoutes(deps))
    .route('/settings/password/again', passwordAgainRoutes(deps))
    .route('/settings/email', emailRoutes(deps))
    .route('/settings/email/change', changeEmailRoutes(deps))
    .route('/settings/tokens', accessTokenRoutes(deps))
    .route('/settings/sessions', sessionsRoutes(deps))
    .route('/settings/apps', signedInAppsRoutes(deps))

    .route('/settings/two-factor/set-up', enrolRoutes(deps))
    .route('/settings/two-factor/recovery-codes', recoveryCodesRoutes(deps))
    .route('/settings/two-factor/authenticators', authenticatorsRoutes(deps))
    .route('/settings/two-factor/add', addRoutes(deps))
    .route('/settings/two-factor/replace', replaceRoutes(deps))
    .route('/settings/two-factor/disable', disableRoutes(deps))
    .route('/settings/two-factor/fresh-proof', freshProofRoutes(deps))

    .route('/mail/not-me', notMeRoutes(deps))

    .notFound(errors.notFound)
    .onError((error, c) =>
      /^\/api\/v1(\/|$)/.test(c.req.path) ? answerProblem(error, c, report) : errors.onError(error, c),
    )
}
