import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Configuration, KoaContextWithOIDC, Provider as Library } from 'oidc-provider'
import { missingFor } from '../gate/check.ts'
import { databaseFailure } from '../lib/database-failures.ts'
import type { Origin } from '../lib/origin.ts'
import type { Vault } from '../lib/vault.ts'
import { CLAIMS_OF, claimsOf, isToldBy, SCOPES } from './claims.ts'
import { type ClientRow, OWN_METADATA, secretIsOf } from './clients.ts'
import { firstLooker } from './first-looker.ts'
import { ID_TOKEN, type KeyStore, type PrivateJwk, signingKeys } from './keys.ts'
import { leadOn, type ProvidersPages } from './lead-on.ts'
import { takeOldHints } from './old-hints.ts'
import { oneSession } from './one-session.ts'
import { policyOf } from './policy.ts'
import { ACRS } from './proof.ts'
import { type RecordStore, recordsOf } from './records.ts'
import { subjectAt } from './subject.ts'
import { type AtClient, type AtClientDeps, mayUse, presentAt } from './visitor-at.ts'

const MINUTE = 60 // seconds
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Until a process looks again which keys there are. Far below a day, for which a new one is only published. */
const KEYS_KEPT = 60_000

/** The paths of the provider. Discovery and keys are found where the standards say. */
export const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  end_session: '/oauth/sign-out',
  device_authorization: '/oauth/device/authorize',
  code_verification: '/oauth/device',
} as const
/** Where a person is led who has something to do first. */
export const ENTER = '/oauth/enter'

export type OpenidStore = RecordStore &
  KeyStore & {
    hasClients(): Promise<boolean>
    clientNamed(name: string): Promise<ClientRow | undefined>
    /** Of what groups hear at clients. */
    claimNames(): Promise<string[]>
    visitorAtClient(tokenHash: string, name: string): Promise<AtClient | undefined>
  }

export type ProviderDeps = AtClientDeps & { openid: OpenidStore; vault: Vault; baseUrl: string }

/** What a request to a page of the provider knows of whoever sends it. What programs send has no such thing: no cookie is read there. */
export type Here = {
  /** Somebody whose session is good, and the app of that client. */
  visitorAt(client: string): Promise<AtClient | undefined>
  signOut(): Promise<void>
  pages: ProvidersPages
}

const origins = new WeakMap<IncomingMessage, Origin>()
/** Where a request is from, behind proxies. */
export const comesFrom = (incoming: IncomingMessage, origin: Origin): void => void origins.set(incoming, origin)

const requests = new WeakMap<IncomingMessage, Here>()
/** From now on the library finds them by the request. */
export const comesWith = (incoming: IncomingMessage, here: Here): void => void requests.set(incoming, here)

const failures = new WeakMap<IncomingMessage, unknown>()
/** What the library could not do for a request: a fault of ours, or of the database. */
export const failureIn = (incoming: IncomingMessage): unknown => failures.get(incoming)

export type RunningProvider = {
  library: Library
  handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>
}

/**
 * The OpenID provider of this process, loaded when the first request needs it. Undefined where no client exists.
 */
export function providerOf(deps: ProviderDeps & { fetch: typeof fetch }) {
  let running: { by: string; provider: RunningProvider } | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<RunningProvider | undefined> | undefined

  async function look() {
    const at = performance.now()
    if (!(await deps.openid.hasClients())) return undefined
    const keys = await signingKeys(deps, ['RS256', 'ES256', 'EdDSA'])
    const claims = await deps.openid.claimNames()
    const by = [...keys.map(({ kid }) => kid), ...claims].join(' ')
    if (running?.by !== by) running = { by, provider: await start(deps, keys, claims) }
    lookedAt = at
    return running.provider
  }

  return async (): Promise<RunningProvider | undefined> => {
    if (running && performance.now() - lookedAt < KEYS_KEPT) return running.provider
    // Once for all who come meanwhile: each would make keys, which takes a second.
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}

/** `groupClaims` are the names of what groups hear at any client. The library leaves out what it doesn't know. */
async function start(
  deps: ProviderDeps & { fetch: typeof fetch },
  keys: PrivateJwk[],
  groupClaims: readonly string[],
): Promise<RunningProvider> {
  const { Provider, errors, interactionPolicy } = await import('oidc-provider')
  const { openid, vault, now, baseUrl } = deps
  const current = () => Provider.ctx as KoaContextWithOIDC | undefined
  const hereOf = (ctx: KoaContextWithOIDC) => requests.get(ctx.req)
  const pagesOf = (ctx: KoaContextWithOIDC) => {
    const here = hereOf(ctx)
    if (!here) throw new Error('The library shows a page where no person is.')
    return here.pages
  }
  const clientOf = (ctx: KoaContextWithOIDC) => {
    const { client_id: asked } = ctx.query
    return ctx.oidc.client?.clientId ?? (typeof asked === 'string' ? asked : '')
  }
  const visitorAt = async (ctx: KoaContextWithOIDC) => presentAt(deps, await hereOf(ctx)?.visitorAt(clientOf(ctx)))

  /** Who made a grant, while their session is good and the app is open to them. At a page, whoever it isn't open to is told so instead. */
  const behind = async (grantId: string | undefined) => {
    const found = grantId ? presentAt(deps, await records.behind(grantId)) : undefined
    const isAllowed = found && (!found.apps[0]?.isThirdParty || found.consents.length > 0)
    return isAllowed && mayUse(deps, found) && showsEnough(found) ? found : undefined
  }

  /** The level of the app may have been raised since. How old a proof may be is asked at sign-in alone. */
  const showsEnough = (found: AtClient) =>
    missingFor({ level: found.apps[0]?.level ?? 'public', maxAge: null }, found, now()) === undefined

  const records = recordsOf({
    openid,
    vault,
    now,
    current,
    async here(ctx) {
      const visitor = await visitorAt(ctx)
      return visitor && { sessionId: visitor.session.id, appId: visitor.apps[0]?.id }
    },
    signOut: async (ctx) => await hereOf(ctx)?.signOut(),
    gone: () => new errors.InvalidGrant('it has been used, or its session has ended'),
  })

  const configuration: Configuration = {
    adapter: records.adapter,
    clients: [],
    jwks: { keys: keys as NonNullable<Configuration['jwks']>['keys'] },
    routes: ROUTES,
    scopes: SCOPES as unknown as string[],
    claims: {
      ...CLAIMS_OF,
      openid: ['sub', 'acr', 'amr', 'auth_time', ...groupClaims],
      iss: null,
      sid: null,
    } as unknown as Record<string, string[]>,
    acrValues: [...ACRS],
    subjectTypes: ['public', 'pairwise'],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    conformIdTokenClaims: false,
    extraClientMetadata: { properties: [...OWN_METADATA] },
    cookies: {
      names: { session: 'latchkey-openid', interaction: 'latchkey-openid-enter', resume: 'latchkey-openid-resume' },
      keys: vault.signingKeys('openid-cookie'),
      long: { httpOnly: true, sameSite: 'lax', secure: baseUrl.startsWith('https:') },
      short: { httpOnly: true, sameSite: 'lax', secure: baseUrl.startsWith('https:') },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      claimsParameter: { enabled: true },
      backchannelLogout: { enabled: true },
      revocation: {
        enabled: true,
        async allowedPolicy(_ctx, { clientId, clientAuthMethod }, token) {
          if (token.clientId === clientId) return true
          if (clientAuthMethod === 'none') return false // whoever says so proves nothing, and hears nothing of others' tokens
          throw new errors.InvalidRequest('the token is of another client')
        },
      },
      // Only its own, and only while whoever it is about may use the app: the library alone would still call it active.
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, { clientId }, token) =>
          token.clientId === clientId && 'grantId' in token && (await behind(token.grantId)) !== undefined,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => pagesOf(ctx).signOut(ctx, form),
        postLogoutSuccessSource: (ctx) => pagesOf(ctx).signedOut(ctx),
      },
      deviceFlow: {
        enabled: true,
        deviceInfo: (ctx) => ({ ...origins.get(ctx.req) }),
        userCodeInputSource: (ctx, form, _out, error) => pagesOf(ctx).deviceCode(ctx, form, { error }),
        async userCodeConfirmSource(ctx, form, _client, info, userCode) {
          await pagesOf(ctx).deviceConfirm(ctx, form, { userCode, from: info as unknown as Origin })
        },
        successSource: (ctx) => pagesOf(ctx).deviceDone(ctx),
      },
    },
    // The library drops the scope unless the app asks for a page of consent, which few do and a first-party app has none of.
    extraParams: {
      offline(ctx: KoaContextWithOIDC) {
        const { scope } = ctx.query
        const { params, client } = ctx.oidc
        if (typeof scope !== 'string' || !params || !client?.grantTypeAllowed('refresh_token')) return
        const asked = scope.split(' ').includes('offline_access')
        const kept = String(params.scope ?? '').split(' ')
        if (asked && !kept.includes('offline_access')) params.scope = [...kept, 'offline_access'].join(' ')
      },
    } as unknown as NonNullable<Configuration['extraParams']>,
    clientBasedCORS: () => false, // no page of another site asks by itself
    pkce: { required: (_ctx, client) => client.needs_pkce === true || client.clientAuthMethod === 'none' },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    expiresWithSession: async () => false, // all of it ends with the portal's session, in the database
    ttl: {
      AccessToken: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      DeviceCode: 10 * MINUTE,
      Grant: 30 * DAY,
      IdToken: ID_TOKEN / 1000,
      Interaction: HOUR,
      RefreshToken: 30 * DAY,
      Session: 30 * DAY,
    },
    interactions: { policy: policyOf(interactionPolicy, { ...deps, visitorAt }), url: () => ENTER },
    async renderError(ctx, out) {
      if (hereOf(ctx)) await pagesOf(ctx).error(ctx, out)
      else ctx.body = out // a program that says it reads pages
    },
    fetch: (url, options) => deps.fetch(url, { ...options, dispatcher: undefined } as RequestInit), // the library's refuses private addresses
    pairwiseIdentifier: async (_ctx, accountId, client) => subjectAt(String(client.pairwise_salt), accountId),
    async findAccount(ctx, accountId, token) {
      const grantId = token && 'grantId' in token ? token.grantId : undefined
      const found = grantId ? await behind(grantId) : await visitorAt(ctx as KoaContextWithOIDC)
      if (!found || String(found.account.id) !== accountId) return undefined
      return { accountId, claims: async (use) => claimsOf(deps, found, use) }
    },
    /** Of a first-party app nobody is asked; of another, what they have allowed is enough if it is all that is asked for now. */
    async loadExistingGrant(ctx) {
      const { oidc } = ctx
      const visitor = await visitorAt(ctx as KoaContextWithOIDC)
      const app = visitor?.apps[0]
      if (!visitor || !app || !oidc.client || !oidc.session) return undefined
      const asked = [...oidc.requestParamScopes].filter((scope) => SCOPES.includes(scope as 'openid'))
      const allowed = app.isThirdParty ? (visitor.consents[0]?.scopes.split(' ') ?? []) : asked
      if (!asked.every((scope) => allowed.includes(scope))) return undefined
      const grantId = oidc.session.grantIdFor(oidc.client.clientId)
      const kept = grantId ? await provider.Grant.find(grantId) : undefined
      const { claims } = oidc
      const claimed = [...Object.keys(claims?.id_token ?? {}), ...Object.keys(claims?.userinfo ?? {})]
      if (kept && asked.every((scope) => kept.getOIDCScope().split(' ').includes(scope)) && claimed.length === 0)
        return kept
      const grant = new provider.Grant({ accountId: String(visitor.account.id), clientId: oidc.client.clientId })
      grant.addOIDCScope(asked.join(' '))
      const toldBy = app.isThirdParty ? allowed : SCOPES // a first-party app may ask for any of them
      const open = claimed.filter((claim) => isToldBy(claim, toldBy))
      if (open.length > 0) grant.addOIDCClaims(open)
      await grant.save()
      return grant
    },
  }

  const provider = new Provider(baseUrl, configuration)
  provider.proxy = true // provider.routes.tsx writes the header
  provider.OIDCContext.prototype.urlFor = (name, of) => provider.urlFor(name, of as never)
  provider.on('server_error', (ctx, error) => failed(error, ctx))
  const koa: NodeJS.EventEmitter = provider
  // A connection that broke, after the answer or in the place of it, is nobody's fault.
  koa.on('error', (error: { headerSent?: boolean }, ctx) => error.headerSent || failed(error, ctx))
  answerAll()
  oneSession(provider, { ...deps, current, visitorAt })
  // Whatever the token endpoint writes is kept when its answer is ready, and not in part.
  provider.use(async (ctx, next) => {
    if (ctx.path !== ROUTES.token) return next()
    await records.atOnce(ctx, async () => {
      await next()
      return ctx.status
    })
  })
  firstLooker(provider, { current, isGone: (error) => error instanceof errors.InvalidGrant })
  takeOldHints(provider, { path: ROUTES.end_session, kids: new Set(keys.map(({ kid }) => kid)) })
  leadOn(provider, {
    pagesOf,
    isSignedIn: async (ctx) => (await hereOf(ctx)?.visitorAt('')) !== undefined,
  })
  provider.Client.prototype.compareClientSecret = function compare(secret: string) {
    return secretIsOf(this as never, secret)
  }
  const callback = provider.callback()
  return { library: provider, handle: async (incoming, outgoing) => await callback(incoming, outgoing) }

  function failed(error: unknown, ctx: KoaContextWithOIDC | undefined) {
    if (!ctx) return
    failures.set(ctx.req, error)
    const failure = databaseFailure(error)
    if (!failure || ctx.res.headersSent) return
    ctx.status = 503
    ctx.set('Retry-After', String(failure.seconds))
  }

  /** What the library's own answers to errors don't see, as where it saves its session at the end: that came without a page and a header. */
  function answerAll() {
    provider.use(async (context, next) => {
      try {
        await next()
      } catch (error) {
        const ctx = context as KoaContextWithOIDC
        const isTold = error instanceof errors.OIDCProviderError && error.statusCode < 500
        ctx.remove('Location')
        ctx.status = isTold ? error.statusCode : 500
        if (!isTold) failed(error, ctx)
        const said = isTold ? { error: error.error, error_description: error.error_description } : undefined
        const out = said ?? { error: 'server_error', error_description: undefined }
        if (hereOf(ctx)) await pagesOf(ctx).error(ctx, out)
        else ctx.body = out
      }
    })
  }
}
