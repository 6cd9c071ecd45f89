import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as ask, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Authority } from './authority.ts'
import { HOSTS } from './hosts.ts'

// Models of two proxies that the tests can't install, written from the source of Traefik (pkg/middlewares/auth/forward.go) and of Envoy
// (source/extensions/filters/http/ext_authz). What a file of deploy/ says about headers, they read from it.

type Headers = IncomingHttpHeaders
type Ports = { portal: number; photos: number; notes: number }
type Asked = { path: string; method: string; headers: Headers }
type Model = {
  /** What is left of what the visitor said, before anybody is asked. */
  cleaned(headers: Headers): Headers
  asked(request: { method: string; url: string; headers: Headers; address: string }): Asked
  letsIn(status: number): boolean
  /** What the app gets of the answer. */
  passedOn: readonly string[]
  /** Whether a header that the answer doesn't have is taken away. */
  takesAway: boolean
}

/** Of one connection (RFC 9110 section 7.6.1, and those that Go's proxies add). */
const HOP_BY_HOP = [
  ...[
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
]
const without = (headers: Headers, names: readonly string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

const TraefikFile = z.object({
  http: z.object({
    middlewares: z.object({
      'what-visitors-say': z.object({
        headers: z.object({ customRequestHeaders: z.record(z.string(), z.literal('')) }),
      }),
      'latchkey-gate': z.object({
        forwardAuth: z.strictObject({
          address: z.url(),
          trustForwardHeader: z.literal(false),
          authResponseHeaders: z.array(z.string()),
        }),
      }),
    }),
  }),
})

function traefik(): Model {
  const { http } = TraefikFile.parse(parse(readFileSync('deploy/gate/traefik.yaml', 'utf8')))
  const { address, authResponseHeaders } = http.middlewares['latchkey-gate'].forwardAuth
  const removed = Object.keys(http.middlewares['what-visitors-say'].headers.customRequestHeaders)
  // Its entry points believe these from nobody that isn't in trustedIPs.
  const byEntryPoint = ['for', 'host', 'port', 'proto', 'server', 'uri', 'method', 'prefix'].map(
    (of) => `x-forwarded-${of}`,
  )
  return {
    cleaned: (headers) => without(headers, [...byEntryPoint, ...removed.map((name) => name.toLowerCase())]),
    asked: ({ method, url, headers, address: from }) => ({
      path: new URL(address).pathname,
      method: 'GET',
      headers: {
        ...without(headers, [...HOP_BY_HOP, 'content-length', 'host']),
        host: new URL(address).host,
        'x-forwarded-for': from,
        'x-forwarded-method': method,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': headers.host,
        'x-forwarded-uri': url,
      },
    }),
    letsIn: (status) => status >= 200 && status < 300,
    passedOn: authResponseHeaders.map((name) => name.toLowerCase()),
    takesAway: true,
  }
}

const Patterns = z.object({
  patterns: z.array(z.union([z.strictObject({ exact: z.string() }), z.strictObject({ prefix: z.string() })])),
})
const matches =
  ({ patterns }: z.infer<typeof Patterns>) =>
  (name: string) =>
    patterns.some((pattern) => ('exact' in pattern ? pattern.exact === name : name.startsWith(pattern.prefix)))

const Mutations = z.object({
  mutations: z.object({ request_mutations: z.array(z.strictObject({ remove: z.string() })) }),
})
const ExtAuthz = z.object({
  failure_mode_allow: z.literal(false),
  allowed_headers: Patterns,
  http_service: z.object({
    path_prefix: z.string(),
    authorization_response: z.strictObject({ allowed_upstream_headers: Patterns }),
  }),
})
const EnvoyFile = z.object({
  static_resources: z.object({
    listeners: z.tuple([
      z.object({
        filter_chains: z.tuple([
          z.object({
            filters: z.tuple([
              z.object({
                typed_config: z.object({
                  use_remote_address: z.literal(true),
                  common_http_protocol_options: z.object({ headers_with_underscores_action: z.literal('DROP_HEADER') }),
                  http_filters: z.tuple([
                    z.object({ typed_config: Mutations }),
                    z.object({ typed_config: ExtAuthz }),
                    z.object({ name: z.literal('envoy.filters.http.router') }),
                  ]),
                }),
              }),
            ]),
          }),
        ]),
      }),
    ]),
  }),
})

function envoy(): Model {
  const { static_resources } = EnvoyFile.parse(parse(readFileSync('deploy/gate/envoy.yaml', 'utf8')))
  const [mutation, authz] = static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters
  const removed = mutation.typed_config.mutations.request_mutations.map(({ remove }) => remove)
  const { allowed_headers, http_service } = authz.typed_config
  const isAllowed = matches(allowed_headers)
  const named = http_service.authorization_response.allowed_upstream_headers.patterns
  return {
    cleaned: (headers) =>
      Object.fromEntries(
        Object.entries(without(headers, ['x-forwarded-for', 'x-forwarded-proto', ...removed])).filter(
          ([name]) => !name.includes('_'),
        ),
      ),
    asked: ({ method, url, headers, address }) => ({
      path: `${http_service.path_prefix}${url}`,
      method,
      headers: {
        ...Object.fromEntries(
          Object.entries({ ...headers, 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }).filter(
            ([name]) => name === 'authorization' || isAllowed(name),
          ),
        ),
        host: headers.host,
        'content-length': '0',
      },
    }),
    letsIn: (status) => status === 200,
    passedOn: named.flatMap((pattern) => ('exact' in pattern ? [pattern.exact] : [])),
    takesAway: false,
  }
}

const MODELS = { traefik, envoy }
export type ModelKind = keyof typeof MODELS

export async function startModel(kind: ModelKind, { behind, authority }: { behind: Ports; authority: Authority }) {
  const model = MODELS[kind]()
  const { certificate, key } = authority.files
  const portAt = new Map<string, number>([
    [HOSTS.portal, behind.portal],
    [HOSTS.photos, behind.photos],
    [HOSTS.notes, behind.notes],
  ])

  /** The answer that ends the request, or the headers that go on with it. */
  async function judged(
    request: IncomingMessage,
  ): Promise<{ answer: IncomingMessage } | { headers: Headers; port: number }> {
    const { method = '', url = '' } = request
    const host = request.headers.host?.toLowerCase() ?? ''
    const port = portAt.get(host) ?? 0
    const headers = { ...model.cleaned(request.headers) }
    const added = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' }
    if (host === HOSTS.portal) return { headers: { ...headers, ...added }, port }
    const answer = await sent(behind.portal, model.asked({ method, url, headers, address: '127.0.0.1' }))
    if (!model.letsIn(answer.statusCode ?? 0)) return { answer }
    answer.resume()
    for (const name of model.passedOn) {
      const value = answer.headers[name]
      if (value !== undefined) headers[name] = value
      else if (model.takesAway) delete headers[name]
    }
    return { headers: { ...headers, ...added }, port }
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    if (!portAt.has(request.headers.host?.toLowerCase() ?? '')) return void response.writeHead(404).end()
    const found = await judged(request)
    const answer =
      'answer' in found
        ? found.answer
        : await sent(
            found.port,
            { path: request.url ?? '', method: request.method ?? '', headers: found.headers },
            request,
          )
    response.writeHead(
      answer.statusCode ?? 502,
      without(answer.headers, ['connection', 'keep-alive', 'transfer-encoding']),
    )
    answer.pipe(response)
  }

  async function upgrade(request: IncomingMessage, socket: Duplex) {
    const found = await judged(request)
    if ('answer' in found) {
      const { statusCode, headers } = found.answer
      socket.end(
        `HTTP/1.1 ${statusCode} Refused\r\n${Object.entries(without(headers, HOP_BY_HOP))
          .flatMap(([name, value]) => [value ?? ''].flat().map((one) => `${name}: ${one}\r\n`))
          .join('')}Connection: close\r\n\r\n`,
      )
      return
    }
    const asking = ask({
      host: '127.0.0.1',
      port: found.port,
      path: request.url,
      headers: found.headers,
      agent: false,
    }).end()
    const [answer, there]: [IncomingMessage, Duplex] = (await once(asking, 'upgrade')) as never
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${answer.headers.upgrade}\r\n\r\n`,
    )
    there.pipe(socket).pipe(there)
    socket.on('close', () => there.destroy()).on('error', () => there.destroy())
    there.on('error', () => socket.destroy())
  }

  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) })
  const failed = (end: () => void) => () => end()
  server.on('request', (request, response) => void serve(request, response).catch(failed(() => response.destroy())))
  server.on('upgrade', (request, socket) => void upgrade(request, socket).catch(failed(() => socket.destroy())))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    kind,
    port: typeof address === 'object' && address ? address.port : 0,
    async stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function sent(port: number, { path, method, headers }: Asked, body?: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = ask({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: headers as Record<string, string>,
      agent: false,
    })
    asking.once('error', reject).once('response', resolve)
    if (body) body.pipe(asking)
    else asking.end()
  })
}
