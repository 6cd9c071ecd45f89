import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as oidc from 'openid-client'
import { site } from './by-request.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code' // RFC 8628 section 3.4
/** What its devices call themselves. */
const PROGRAM = 'curl/8.5.0'

/**
 * An app that signs people in by the site, as openid-client does it: `/` sends them there with what stands behind its `?`, `/callback` says
 * who came back, `/sign-out` sends them to sign out, and `/signed-out` is where they arrive.
 */
export class ClientApp {
  readonly origin: string
  readonly name: string
  /** What the site has given it. */
  secret = ''
  /** All that it heard of where people come from. */
  readonly referrers: string[] = []
  readonly #server: Server
  readonly #asked = new Map<string, string>()
  #config: Promise<oidc.Configuration> | undefined
  #tokens: (oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers) | undefined

  private constructor(name: string, server: Server) {
    this.name = name
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.#server = server
    server.on('request', async (request: IncomingMessage, response) => {
      if (request.headers.referer) this.referrers.push(request.headers.referer)
      const { to, says } = await this.#answer(request).catch((error) => ({ to: undefined, says: String(error) }))
      if (to !== undefined) return response.writeHead(303, { location: to }).end()
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(
        `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><h1>App</h1><p>${says}</p>`,
      )
    })
  }

  static async open(name: string): Promise<ClientApp> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ClientApp(name, server)
  }

  get redirect(): string {
    return `${this.origin}/callback`
  }
  get signedOut(): string {
    return `${this.origin}/signed-out`
  }

  async #answer(request: IncomingMessage): Promise<{ to?: string; says?: string }> {
    const url = new URL(request.url ?? '', this.origin)
    switch (url.pathname) {
      case '/':
        return { to: (await this.asking(Object.fromEntries(url.searchParams))).href }
      case '/sign-out': {
        const hint = { id_token_hint: this.#tokens?.id_token ?? '', post_logout_redirect_uri: this.signedOut }
        return { to: oidc.buildEndSessionUrl(await this.#running(), { ...hint, state: oidc.randomState() }).href }
      }
      case '/callback':
        return { says: await this.#cameBack(request, url) }
      default:
        return { says: 'Signed out' }
    }
  }

  /** Where it sends people to sign in. */
  async asking(more: Record<string, string> = {}): Promise<URL> {
    const verifier = oidc.randomPKCECodeVerifier()
    const state = oidc.randomState()
    this.#asked.set(state, verifier)
    return oidc.buildAuthorizationUrl(await this.#running(), {
      ...{ redirect_uri: this.redirect, scope: 'openid email offline_access', state, code_challenge_method: 'S256' },
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      ...more,
    })
  }

  async #cameBack(request: IncomingMessage, url: URL): Promise<string> {
    const isForm = request.method === 'POST' // response_mode=form_post
    const said = isForm ? new URLSearchParams(await text(request)) : url.searchParams
    if (!said.has('code')) return said.get('error') ?? 'Nothing'
    const state = said.get('state') ?? ''
    const checks = { pkceCodeVerifier: this.#asked.get(state) ?? '', expectedState: state }
    this.#tokens = await oidc.authorizationCodeGrant(await this.#running(), new URL(`${this.redirect}?${said}`), checks)
    return this.#who()
  }

  /** Gets new tokens by the refresh token: who it is, or what the site calls the refusal. */
  async refresh(): Promise<string> {
    try {
      this.#tokens = await oidc.refreshTokenGrant(await this.#running(), this.#tokens?.refresh_token ?? '')
      return this.#who()
    } catch (error) {
      return refusalIn(error)
    }
  }

  /** A device of the app's asks for a code to show. */
  async askForDevice(): Promise<oidc.DeviceAuthorizationResponse> {
    return await oidc.initiateDeviceAuthorization(await this.#running(), { scope: 'openid email offline_access' })
  }

  /** The device asks whether it is connected: who it is, or what the site calls the refusal. */
  async pollForDevice({ device_code }: oidc.DeviceAuthorizationResponse): Promise<string> {
    try {
      this.#tokens = await oidc.genericGrantRequest(await this.#running(), DEVICE_GRANT, { device_code })
      return this.#who()
    } catch (error) {
      return refusalIn(error)
    }
  }

  #who(): string {
    const claims = this.#tokens?.claims()
    return `${claims?.email} with ${claims?.acr}`
  }

  #running(): Promise<oidc.Configuration> {
    this.#config ??= oidc.discovery(new URL(site()), this.name, this.secret, undefined, {
      execute: [oidc.allowInsecureRequests],
      [oidc.customFetch]: (url, options) =>
        fetch(url, { ...options, headers: { ...options.headers, 'user-agent': PROGRAM } } as RequestInit),
    })
    return this.#config
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

function refusalIn(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError) return error.error
  throw error
}
