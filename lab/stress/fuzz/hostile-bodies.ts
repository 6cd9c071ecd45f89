import type { Person } from './people.ts'
import type { Random } from './random.ts'
import { hostileText } from './values.ts'
import type { Request } from './wire.ts'

/** Another body, or the same one sent in a way that nobody does. */
export function hostileBody(random: Random, request: Request, _people: readonly Person[]): void {
  if (request.method === 'GET' && random.chance(0.8)) request.method = random.pick(['POST', 'PUT', 'PATCH', 'DELETE'])
  const { body = Buffer.alloc(0) } = request
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const isJson = type.includes('json')
  if (random.chance(0.3)) {
    random.pick(TRANSFERS)(random, request, body)
    return
  }
  const made = random.pick(isJson ? JSON_BODIES : FORM_BODIES)(random, body.toString())
  request.body = typeof made === 'string' ? Buffer.from(made) : made
  if (type === '')
    request.headers.push(['Content-Type', random.pick(['application/x-www-form-urlencoded', 'application/json'])])
  if (random.chance(0.1)) request.body = random.pick(ANY_BODIES)(random)
}

type Body = (random: Random, right: string) => string | Buffer

const FORM_BODIES: Body[] = [
  ...Array.from({ length: 6 }, () => oneFieldHostile),
  (_random, right) => `${right}&${right}`,
  (random, right) =>
    `${right}&${random.pick(['role=admin', '__proto__=x', 'userId=1', 'password[]=x', '=', '&&&', 'x'])}`,
  (random, right) => `${right}&x=${random.pick(['%', '%z', '%00', '%ff%fe', '%ED%A0%80', '%C0%AF', '+'])}`,
  (_random, right) => right.replaceAll('=', '[]='),
  (_random, right) => JSON.stringify(Object.fromEntries(new URLSearchParams(right))),
  (_random, right) => multipart(new URLSearchParams(right)),
  (random, right) => right.slice(0, random.below(right.length + 1)),
]

function oneFieldHostile(random: Random, right: string): string {
  const fields = new URLSearchParams(right)
  const names = [...fields.keys()]
  fields.set(names.length > 0 ? random.pick(names) : 'x', hostileText(random))
  return fields.toString()
}

const multipart = (fields: URLSearchParams) =>
  `${[...fields].map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--x--\r\n`

const JSON_BODIES: Body[] = [
  ...Array.from({ length: 6 }, () => oneMemberHostile),
  (_random, right) => right.replace(/}$/, `,${right.slice(1)}`), // every name twice
  (_random, right) => right.replace(/}$/, ',"__proto__":{"admin":true},"constructor":1}'),
  (random) => random.pick(['[', '{"a":']).repeat(30_000),
  () => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  (random) =>
    `{"password":${random.pick(['[[[[]]]]', '{}', 'null', '1e5999', '-0', '"\\ud800"', '"\\udc00"', '"\\u0000"', '9'.repeat(9_000)])}}`,
  (_random, right) => `\uFEFF${right}`,
  (random) =>
    random.pick(['null', '[]', '""', '0', '', ' ', '{', '}', 'NaN', "{'a':1}", '{"a":1,}', '{} {}', 'true//']),
  (_random, right) =>
    new URLSearchParams(Object.entries(parsed(right)).map(([name, of]) => [name, String(of)])).toString(),
  (random, right) => right.slice(0, random.below(right.length + 1)),
  (random, right) =>
    Buffer.concat([
      Buffer.from(right.slice(0, -1)),
      random.pick([Buffer.from([0xff]), Buffer.from([0xed, 0xa0, 0x80])]),
    ]),
]

function oneMemberHostile(random: Random, right: string): string {
  const value = parsed(right)
  const names = Object.keys(value)
  const name = names.length > 0 ? random.pick(names) : 'x'
  const values = [
    null,
    true,
    -1,
    1e308,
    [],
    {},
    [[]],
    { length: 5 },
    hostileText(random),
    [hostileText(random)],
    '\ud800',
    '\udc00',
  ]
  return JSON.stringify({ ...value, [name]: random.pick([...values, hostileText(random), hostileText(random)]) })
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

const ANY_BODIES: ((random: Random) => Buffer)[] = [
  (random) => random.bytes(random.below(2_000)),
  () => Buffer.alloc(1_048_576, 'a'),
  () => Buffer.alloc(65_537, 'a=b&'),
  () => Buffer.alloc(65_536, 'a'),
  () => Buffer.from(Array.from({ length: 10_000 }, (_, index) => `f${index}=1`).join('&')),
  () => Buffer.from(Array.from({ length: 6_000 }, () => 'a=1').join('&')),
  (random) => Buffer.from('password='.padEnd(random.pick([300, 60_000]), 'p')),
  () => Buffer.from(`{${Array.from({ length: 4_000 }, (_, index) => `"f${index}":1`).join(',')}}`),
]

type Transfer = (random: Random, request: Request, body: Buffer) => void

/** The body and what the headers say about it differ. */
const TRANSFERS: Transfer[] = [
  chunkedBy((random, body) => chunks(body, 1 + random.below(64))),
  chunkedBy((_random, body) => chunks(body.subarray(0, 2_000), 1)),
  chunkedBy((_random, body) => chunks(body, 16, ';name=value')),
  chunkedBy((_random, body) => `${chunks(body, 16).slice(0, -4)}\r\nX-Trailer: x\r\n\r\n`),
  chunkedBy(() => 'zz\r\nx\r\n0\r\n\r\n'),
  chunkedBy(() => 'ffffffffffffffffff\r\n'),
  chunkedBy(() => '5\r\nabc'),
  chunkedBy(() => '-1\r\n\r\n'),
  chunkedBy(() => chunks(Buffer.alloc(80_000, 'a=b&'), 8_000)),
  (_random, request) => {
    request.length = { told: undefined }
    request.ends = true
  },
  (random, request, body) => {
    request.length = { told: String(body.length + 1 + random.below(100_000)) }
    request.ends = true
  },
  (random, request, body) => {
    request.length = { told: String(random.below(body.length + 1)) }
    request.ends = true
  },
  (random, request) => {
    request.length = { told: random.pick(['-1', '1e3', 'abc', '', '0x10', '99999999999999999999', '5, 5', '+5']) }
    request.ends = true
  },
  (_random, request, body) => {
    request.headers.push(['Transfer-Encoding', 'chunked'])
    request.length = { told: String(body.length) }
    request.ends = true
  },
]

function chunkedBy(encode: (random: Random, body: Buffer) => string): Transfer {
  return (random, request, body) => {
    request.headers.push(['Transfer-Encoding', 'chunked'])
    request.body = Buffer.from(encode(random, body), 'latin1')
    request.length = { told: undefined }
    request.ends = true
  }
}

function chunks(body: Buffer, size: number, extension = ''): string {
  const parts: string[] = []
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size)
    parts.push(`${chunk.length.toString(16)}${extension}\r\n${chunk.toString('latin1')}\r\n`)
  }
  return `${parts.join('')}0\r\n\r\n`
}
