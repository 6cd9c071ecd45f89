import { CHECKS, type Dialect } from '../../../app/gate/asked.http.ts'
import type { Grant, Site } from './gate-oracle.ts'
import type { Random } from './random.ts'
import type { Request } from './wire.ts'

/** What a proxy sends that a client asked for `path` at `host`. */
export function asksFor(proxy: Dialect, method: string, host: string, path: string): Request {
  const of = {
    method: 'GET',
    target: CHECKS[proxy] as string,
    headers: [['Host', 'latchkey.test']] as Request['headers'],
  }
  if (proxy === 'envoy')
    return {
      method,
      target: `${of.target}${path}`,
      headers: [
        ['Host', host],
        ['X-Forwarded-Proto', 'https'],
      ],
    }
  const told: Request['headers'] =
    proxy === 'nginx' || proxy === 'haproxy'
      ? [
          ['X-Original-URL', `https://${host}${path}`],
          ['X-Original-Method', method],
        ]
      : [
          ['X-Forwarded-Method', method],
          ['X-Forwarded-Proto', 'https'],
          ['X-Forwarded-Host', host],
          ['X-Forwarded-Uri', path],
        ]
  return { ...of, headers: [...of.headers, ...told] }
}

export const show = ({ kind, secret }: Grant, random: Random): [string, string] => {
  if (kind === 'cookie') return ['Cookie', `a=b; __Host-latchkey-gate=${secret}`]
  const name = random.pick(['Authorization', 'Proxy-Authorization'])
  return [name, random.chance(0.5) ? `Bearer ${secret}` : `Basic ${btoa(`ada:${secret}`)}`]
}

export const METHODS = ['GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PROPFIND']
export const PATHS = [
  '/',
  '/albums?page=2',
  '/public/',
  '/public/a.css',
  '/public',
  '/admin/',
  '/admin/users',
  '/x%20y',
  '/b/c/',
]
const TRICKS = [
  ...[
    '/..',
    '/%2e%2e',
    '/.',
    '//',
    '/;/',
    ';x',
    '\\',
    '%5c',
    '%2f',
    '%00',
    '%',
    '%zz',
    '%252e',
    '#',
    '?',
    '/public/',
    '/admin/',
  ],
  ...[
    '\xc3\xa4',
    '\xff',
    '%c0%ae',
    'ADMIN',
    'PUBLIC',
    '\t',
    ' ',
    '%20',
    '?latchkey_code=x',
    '&latchkey_code=y',
    '@',
    ':',
    '*',
  ],
]

type Spoil = (random: Random, request: Request, all: { grants: readonly Grant[]; sites: readonly Site[] }) => void

/** One header's value, or the path of Envoy's request, becomes another. */
const change =
  (make: (random: Random, value: string) => string): Spoil =>
  (random, request) => {
    const at = random.below(request.headers.length + (request.target.startsWith(CHECKS.envoy) ? 2 : 0))
    const header = request.headers[at]
    if (header) header[1] = make(random, header[1])
    else request.target = CHECKS.envoy + make(random, request.target.slice(CHECKS.envoy.length)).replace(/[\s]/g, '')
  }
const insert = (random: Random, value: string, text: string) => {
  const at = random.below(value.length + 1)
  return value.slice(0, at) + text + value.slice(at)
}
const isKept = (request: Request, name: string) => request.headers.some(([each]) => each.toLowerCase() === name)

export const SPOILS: Spoil[] = [
  ...Array.from({ length: 4 }, () => change((random, value) => insert(random, value, random.pick(TRICKS)))),
  change((random, value) => value.slice(0, random.below(value.length + 1))),
  change((random, value) => `${value}, ${random.chance(0.5) ? value : 'x'}`),
  change((_random, value) => value.toUpperCase()),
  change((random) =>
    random
      .bytes(random.below(60))
      .toString('latin1')
      .replace(/[\r\n\0]/g, ''),
  ),
  change((random) => 'a'.repeat(random.pick([300, 3_000, 12_000]))),
  (random, request) => void request.headers.splice(random.below(request.headers.length), 1),
  (random, request) => void request.headers.push([...random.pick(request.headers)]),
  (random, request, { sites }) => {
    const { host } = random.pick(sites)
    const [name, value] = random.pick([
      ...[
        ['X-Original-URL', `https://${host}/public/`],
        ['X-Original-Method', 'OPTIONS'],
        ['X-Forwarded-Uri', '/public/'],
      ],
      ...[
        ['X-Forwarded-Method', 'HEAD'],
        ['X-Forwarded-Host', host],
        ['X-Forwarded-Proto', 'http'],
        ['X-Forwarded-For', '127.0.0.1'],
      ],
      ...[
        ['Remote-User', 'root'],
        ['Remote-Email', 'root@example.com'],
        ['Forwarded', `host=${host}`],
        ['Host', host],
      ],
      ...[
        ['Sec-Purpose', 'prefetch'],
        ['Upgrade', 'websocket'],
        ['Transfer-Encoding', 'x'],
        ['Expect', '100-continue'],
      ],
    ])
    request.headers[random.chance(0.5) ? 'push' : 'unshift']([name ?? '', value ?? ''])
  },
  // Somebody else's, or of another host; as one cookie too many, or in the place where it doesn't belong.
  (random, request, { grants }) => {
    const { secret } = random.pick(grants)
    const name = random.pick(['__Host-latchkey-gate', 'latchkey-gate', '__Host-latchkey', '__host-latchkey-gate'])
    request.headers.push([random.pick(['Cookie', 'Cookie', 'X-Cookie']), `${name}=${secret}`])
  },
  (random, request, { grants }) => {
    const { secret } = random.pick(grants)
    request.headers.push([
      'Authorization',
      random.pick([`Bearer ${secret}`, `Basic ${secret}`, `Basic ${btoa(secret)}`, secret]),
    ])
  },
  (random, request) => {
    for (let many = random.pick([1, 40, 900]); many > 0; many--) request.headers.push([`X-${many}`, ''])
  },
  (random, request) => {
    const path = random.pick([
      '/healthz',
      '/caddy',
      '/../healthz',
      '/../../healthz',
      '/%2e%2e/caddy',
      '/x/..',
      '/.%2e/%2e./readyz',
    ])
    if (request.target.startsWith(CHECKS.envoy))
      request.target = `${CHECKS.envoy}${random.pick(['', '/..', '/../..'])}${path}`
    else if (!isKept(request, 'x-asks'))
      request.target += random.pick(['?', '?X-Original-URL=x', `?uri=${path}`, '?latchkey_code=z'])
  },
]
