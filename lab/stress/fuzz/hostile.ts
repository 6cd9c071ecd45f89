import { METHODS } from 'node:http'
import { BASE_URL, SESSION } from '../../../testing/index.ts'
import { hostileBody } from './hostile-bodies.ts'
import type { Person } from './people.ts'
import type { Random } from './random.ts'
import type { World } from './right.ts'
import { hostileText } from './values.ts'
import type { Request } from './wire.ts'

/** Spoils a right request in one to three ways. The words say which. */
export function spoil(random: Random, request: Request, people: readonly Person[], world: World): string[] {
  const ways = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => random.pick(WAYS))
  for (const way of ways) way.spoil(random, request, people, world)
  return ways.map(({ name }) => name)
}

type Way = {
  name: string
  spoil(random: Random, request: Request, people: readonly Person[], world: World): void
}

/** Mostly replaces the header, sometimes sends it twice. */
function setHeader(random: Random, request: Request, name: string, value: string) {
  if (random.chance(0.8))
    request.headers = request.headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase())
  request.headers.push([random.chance(0.9) ? name : name.toUpperCase(), onTheWire(random, value)])
}

/** Its UTF-8 bytes as latin1. `brokenHeader` sends what would end the line. */
const onTheWire = (random: Random, value: string) =>
  Buffer.from(random.chance(0.97) ? value.replaceAll(/[\r\n\0]/g, '') : value).toString('latin1')

const header = (name: string, values: (random: Random, person: Person) => string): Way => ({
  name,
  spoil: (random, request, people) => setHeader(random, request, name, values(random, random.pick(people))),
})
const oneOf =
  (...values: string[]) =>
  (random: Random) =>
    random.chance(0.9) ? random.pick(values) : hostileText(random)

const WAYS: Way[] = [
  header(
    'Content-Type',
    oneOf(
      ...['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-7', 'application/json'],
      ...['APPLICATION/JSON;charset=UTF-8', 'application/json; charset=latin1', 'multipart/form-data; boundary=x'],
      ...[
        'multipart/form-data',
        'text/plain',
        'text/xml',
        '',
        ';',
        'application/octet-stream',
        'application/problem+json',
      ],
      ...['application/x-www-form-urlencoded ; charset = utf-8', 'application/json, text/plain'],
    ),
  ),
  header('Origin', oneOf('null', 'https://evil.example', `${BASE_URL}.evil.example`, `${BASE_URL}:443`, BASE_URL, '')),
  header('Sec-Fetch-Site', oneOf('cross-site', 'same-site', 'none', 'same-origin', '')),
  header('Referer', oneOf(`${BASE_URL}/`, 'https://evil.example/', 'about:blank', 'not a url', BASE_URL)),
  header('Host', oneOf('evil.example', 'latchkey.test:443', 'LATCHKEY.TEST', 'latchkey.test.', '[::1]', 'a b', '')),
  header('Accept', oneOf('application/json', '*/*;q=0', 'text/html;q=nan', '')),
  header('Accept-Encoding', oneOf('gzip', 'br', 'gzip;q=0, br;q=0', '*', 'deflate', 'zstd', 'gzip, '.repeat(200))),
  header('Accept-Language', oneOf('xx', '*')),
  header('X-Forwarded-For', oneOf('1.2.3.4', '::1', 'fe80::1%eth0', '127.0.0.1, '.repeat(100), 'unknown', '')),
  header('X-Forwarded-Host', oneOf('evil.example')),
  header('X-Forwarded-Proto', oneOf('http', 'javascript')),
  header('Forwarded', oneOf('for=evil;host=evil.example;proto=https')),
  header('X-HTTP-Method-Override', oneOf('DELETE', 'PUT', 'GET')),
  header('X-Original-URL', oneOf('/settings/account')),
  header('Range', oneOf('bytes=0-1', 'bytes=-1', 'bytes=1-0', 'bytes=0-0,1-1,2-2', 'lines=1')),
  header('If-None-Match', oneOf('*', '"x"', 'W/"x"')),
  header('If-Modified-Since', oneOf('Tue, 01 Jan 2030 00:00:00 GMT', 'yesterday')),
  header('Expect', oneOf('100-continue', '200-ok')),
  header('Upgrade', oneOf('websocket', 'h2c')),
  header('TE', oneOf('trailers, chunked')),
  header('User-Agent', oneOf('', 'x', '<script>', 'Mozilla/'.repeat(400), '\u001b[2J')),
  header('Authorization', (random, { bearer }) =>
    random.pick([
      ...['Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', `bearer ${bearer}`, `Bearer ${bearer}`, `Bearer ${bearer},`],
      ...[`Bearer lk_${'A'.repeat(38)}`, `Bearer ${random.hex(12)}x${random.hex(32)}`, `Digest ${hostileText(random)}`],
    ]),
  ),
  {
    name: 'a long header',
    spoil: (random, { headers }) => headers.push(['X-Long', 'x'.repeat(random.pick([4_000, 12_000, 20_000]))]),
  },
  {
    name: 'many headers',
    spoil: (random, { headers }) => {
      for (let more = random.below(150); more > 0; more--) headers.push([`X-${more}`, 'x'])
    },
  },
  { name: 'a broken header', spoil: (random, { headers }) => headers.push(random.pick(BROKEN_HEADERS)) },
  {
    name: 'a header less',
    spoil: (random, request) => {
      const less = random.below(request.headers.length)
      request.headers = request.headers.filter((_, index) => index !== less)
    },
  },
  { name: 'cookies', spoil: spoilCookies },
  { name: 'cookies of others', spoil: strangeCookies },
  {
    name: 'a method',
    spoil: (random, request) => {
      request.method = random.chance(0.85)
        ? random.pick(METHODS)
        : random.pick(['INVENTED', 'get', 'G ET', '', 'POST\0', 'X'.repeat(300)])
    },
  },
  { name: 'a path', spoil: spoilPath },
  {
    name: 'a query',
    spoil: (random, request, _people, { ids }) => {
      const name = random.pick([
        'token',
        'before',
        'return_to',
        'access_token',
        'id',
        'session',
        '_method',
        '',
        '__proto__',
        'x',
      ])
      const value = random.pick([
        ...ids,
        hostileText(random),
        hostileText(random),
        `${name}&${name}=2`,
        '%ff%00',
        '//evil.example',
      ])
      request.target += `${request.target.includes('?') ? '&' : '?'}${name}=${random.chance(0.7) ? encodeURIComponent(value) : wireSafe(value)}`
    },
  },
  ...Array.from({ length: 14 }, () => ({ name: 'a body', spoil: hostileBody })), // half of what is spoilt
]

const BROKEN_HEADERS: [string, string][] = [
  ['X Y', 'a blank in the name'],
  ['X-Folded', 'a\r\n b'],
  ['', 'no name'],
  ['X-Bare', 'a\rb'],
  ['X-Null', 'a\0b'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'gzip, chunked'],
  ['Transfer-Encoding', 'identity'],
  ['Content-Length', '5'],
  ['Content-Length', '-1'],
  ['Content-Length', '1e3'],
  ['Connection', 'keep-alive, Cookie'],
  ['Connection', 'upgrade'],
  ['Cookie', '=; ;; a'],
]

/** Bytes that a request line can contain. */
const wireSafe = (text: string) =>
  Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[\r\n\0 ]/g, '+')
    .slice(0, 8_000)

function spoilCookies(random: Random, request: Request) {
  const index = request.headers.findIndex(([name]) => name === 'Cookie')
  const value = request.headers[index]?.[1] ?? `${SESSION}=abcx${random.hex(32)}`
  const pairs = value.split('; ')
  const at = random.below(pairs.length)
  const [name = '', of = ''] = pairs[at]?.split(/=(.*)/s) ?? []
  const byte = random.below(of.length + 1)
  const flipped = String.fromCharCode((of.charCodeAt(byte) || 65) ^ (1 << random.below(7)))
  pairs[at] = random.pick([
    ...[
      `${name}=${of.slice(0, byte)}${wireSafe(flipped)}${of.slice(byte + 1)}`,
      `${name}=${of.slice(0, byte)}`,
      `${name}=`,
      name,
    ],
    ...[
      `${name}=${encodeURIComponent(of)}`,
      `${name}="${of}"`,
      `${name.toLowerCase()}=${of}`,
      `${name}=%`,
      `${name}=%00%ff`,
    ],
    ...[
      `${name}=${of}; ${name}=${of}`,
      `${name}=x; ${name}=${of}`,
      `${name}=${'x'.repeat(6_000)}`,
      `${name}=${wireSafe(hostileText(random))}`,
    ],
    ...[`__proto__=${of}`, `${name}=[object Object]`],
  ])
  const spoilt = pairs.join(random.chance(0.9) ? '; ' : ';')
  if (index < 0) request.headers.push(['Cookie', spoilt])
  else request.headers[index] = ['Cookie', spoilt]
}

/** Another account's cookie among the person's own, or their own under other names. */
function strangeCookies(random: Random, request: Request, people: readonly Person[]) {
  const own = request.headers.find(([name]) => name === 'Cookie')?.[1].split('; ') ?? []
  const others = people.flatMap(({ cookies }) => [...cookies].map(([name, value]) => `${name}=${value}`))
  const [one = 'a=b', other = 'c=d'] = [random.pick([...others, ...own, 'a=b']), random.pick([...others, 'c=d'])]
  const swapped = `${one.split('=')[0]}=${other.slice(other.indexOf('=') + 1)}`
  request.headers = request.headers.filter(([name]) => name !== 'Cookie')
  const kept = own.filter((pair) => pair.split('=')[0] !== one.split('=')[0])
  request.headers.push(['Cookie', [...kept, random.chance(0.5) ? one : swapped].join('; ')])
}

function spoilPath(random: Random, request: Request) {
  const [path = '', query] = request.target.split(/\?(.*)/s)
  const parts = path.split('/')
  parts[1 + random.below(Math.max(1, parts.length - 1))] = random.pick([
    ...[
      '',
      '.',
      '..',
      '%2e%2e',
      '%2f',
      '%00',
      '%ff',
      '%',
      '%c0%af',
      '*',
      ':id',
      ';x=y',
      '%0a',
      'constructor',
      '__proto__',
    ],
    ...[
      'x'.repeat(6_000),
      wireSafe('ünï😀'),
      encodeURIComponent('ünï😀'),
      encodeURIComponent(hostileText(random).slice(0, 500)),
    ],
  ])
  const changed = random.pick([
    ...[
      parts.join('/'),
      parts.join('/'),
      parts.join('/'),
      `/${path}`,
      parts.slice(0, 1 + random.below(parts.length)).join('/') || '/',
      `${path}/`,
      `${path}/..;/`,
      path.toUpperCase(),
      `${path}.`,
    ],
    ...[
      `${BASE_URL}${path}`,
      `http://evil.example${path}`,
      '*',
      path.slice(1),
      `${path}#x`,
      path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    ],
  ])
  request.target = query === undefined ? changed : `${changed}?${query}`
}
