import type { AppContext } from '../http/env.ts'
import { headerOf } from '../http/header.ts'
import type { Origin } from '../lib/origin.ts'
import { remembering } from '../lib/remembering.ts'
import type { Asked } from './check.ts'
import { CODE } from './hand-over.ts'
import { canonicalHost, type Scheme } from './hosts.ts'

/** Where each proxy asks. Envoy puts the path that it is asked for behind this one. */
export const CHECKS = {
  nginx: '/gate/nginx',
  haproxy: '/gate/haproxy',
  caddy: '/gate/caddy',
  traefik: '/gate/traefik',
  envoy: '/gate/envoy',
} as const
export type Dialect = keyof typeof CHECKS

/** What a proxy tells: the request without the hand-over codes in its URL, and those. */
export type Told = { proxy: Dialect; asked: Asked; codes: readonly string[] }

/** As they arrive: nothing is known of them. */
type Raw = Record<'method' | 'scheme' | 'host' | 'target', string | undefined>

const METHOD = /^[!#$%&'*+.^_`|~\w-]{1,64}$/ // RFC 9110 section 5.6.2: a token
const HOST = /^[\x21-\x7e]+$/ // browsers send names in ASCII, and a byte beside it has more than one meaning
const TARGET = /^\/[\x21-\x7e\x80-\xff]*$/ // of a request line; a header's bytes are characters of Latin-1
const SCHEMES: Partial<Record<string, Scheme>> = { http: 'http', https: 'https', ws: 'http', wss: 'https' }

const MOST_HOSTS = 2000 // a site has fewer
const HOSTS: Record<Scheme, (spelled: string) => string | undefined> = {
  http: remembering((spelled) => canonicalHost(spelled, 'http'), MOST_HOSTS),
  https: remembering((spelled) => canonicalHost(spelled, 'https'), MOST_HOSTS),
}

const ORIGINAL = ['x-original-url', 'x-original-method'] as const
const FORWARDED = ['x-forwarded-method', 'x-forwarded-uri'] as const

/** Each with the headers that only other proxies set: these were written by the client. */
const READERS: Record<Dialect, { read(c: AppContext): Raw; foreign: readonly Lowercase<string>[] }> = {
  nginx: { read: original, foreign: FORWARDED },
  haproxy: { read: original, foreign: FORWARDED },
  caddy: { read: forwarded, foreign: ORIGINAL },
  traefik: { read: forwarded, foreign: ORIGINAL },
  envoy: { read: asItself, foreign: [...ORIGINAL, ...FORWARDED] },
}

const PROXY_AT = new Map<string, Dialect>()
for (const proxy of ['nginx', 'haproxy', 'caddy', 'traefik'] as const) PROXY_AT.set(CHECKS[proxy], proxy)

/**
 * Which proxy's check this is, by the request line alone. Routes go by a parsed URL, in which a path that climbs out of Envoy's reaches
 * another check, or a page: a 200 there would open the app.
 */
export function askedBy(c: AppContext): Dialect | undefined {
  const target: string = c.env?.incoming?.url ?? ''
  if (!target.startsWith('/gate/')) return undefined
  return target.startsWith(CHECKS.envoy) ? 'envoy' : PROXY_AT.get(cut(target)[0])
}

/** Undefined for what no proxy tells, or what can be read in two ways. */
export function toldBy(proxy: Dialect, c: AppContext, origin: Origin): Told | undefined {
  const { read, foreign } = READERS[proxy]
  if (foreign.some((name) => headerOf(c, name) !== undefined)) return undefined
  const { method, scheme: named = '', host: spelled, target } = read(c)
  const scheme = SCHEMES[named.toLowerCase()]
  if (!scheme || !spelled || !HOST.test(spelled) || !method || !METHOD.test(method) || !target || !TARGET.test(target))
    return undefined
  const host = HOSTS[scheme](spelled)
  if (host === undefined) return undefined
  const [path, query] = cut(target.replace(/[\x80-\xff]/g, inPercent))
  const { search, codes } = withoutCodes(query)
  return { proxy, asked: { method, scheme, host, path, search, isNavigation: isNavigation(method, c), origin }, codes }
}

function original(c: AppContext): Raw {
  const [, scheme, host, target] = /^([a-z]+):\/\/([^/?#]+)(.*)$/i.exec(headerOf(c, 'x-original-url') ?? '') ?? []
  return { method: headerOf(c, 'x-original-method'), scheme, host, target }
}

function forwarded(c: AppContext): Raw {
  return {
    method: headerOf(c, 'x-forwarded-method'),
    scheme: headerOf(c, 'x-forwarded-proto'),
    host: headerOf(c, 'x-forwarded-host'),
    target: headerOf(c, 'x-forwarded-uri'),
  }
}

/** The request line as it came: a parsed URL has lost what a path was written like. */
function asItself(c: AppContext): Raw {
  return {
    method: c.req.method,
    scheme: headerOf(c, 'x-forwarded-proto'),
    host: headerOf(c, 'host'),
    target: c.env?.incoming?.url?.slice(CHECKS.envoy.length),
  }
}

function cut(target: string): [path: string, query: string] {
  const at = target.indexOf('?')
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)]
}

const inPercent = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`

/** The rest stays as it was written. */
const NONE: readonly string[] = []

function withoutCodes(query: string): { search: string; codes: readonly string[] } {
  if (query === '') return { search: '', codes: NONE }
  const codes = new URLSearchParams(query).getAll(CODE)
  if (codes.length === 0) return { search: query, codes }
  const rest = query
    .slice(1)
    .split('&')
    .filter((pair) => !new URLSearchParams(pair).has(CODE))
  return { search: rest.length === 0 ? '' : `?${rest.join('&')}`, codes }
}

/** Whether a person is at it, who can be sent somewhere. Programs that name no mode of theirs say that they want a page. */
function isNavigation(method: string, c: AppContext): boolean {
  if (method !== 'GET' || headerOf(c, 'upgrade') !== undefined) return false
  const mode = headerOf(c, 'sec-fetch-mode')
  return mode === undefined ? /\btext\/html\b/i.test(headerOf(c, 'accept') ?? '') : mode === 'navigate'
}
