import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Hono } from 'hono'
import { character } from '#testing/characters.ts'
import type { AppEnv } from '../http/env.ts'
import { Refusal } from '../http/refusals.ts'
import { hasRepeatedName, jsonBody } from './json-body.ts'

/** What a handler behind the reader reads, or the reason for the refusal. Anything else that is thrown goes on. */
async function read(body: string | Buffer<ArrayBuffer>, type = 'application/json'): Promise<unknown> {
  const app = new Hono<AppEnv>()
    .use(jsonBody)
    .post('/', async (c) => c.body(`{"read":${await c.req.text()}}`))
    .onError((error, c) => {
      if (error instanceof Refusal) return c.json(error.reason)
      throw error
    })
  const request = new Request('http://localhost/', { method: 'POST', body, headers: { 'Content-Type': type } })
  return JSON.parse(await (await app.fetch(request)).text())
}

const isText = (text: string) => !/[\0\uFFFD]|\p{Cs}/u.test(text)
const text = fc.string({ unit: character, maxLength: 20 }).filter(isText)
/** Any JSON that we could take: whole characters in names and values. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), // JSON has no -0 of its own
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('json'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}))
/** A character as JSON may write it: as it is, or as \uXXXX. */
const escaped = (of: string) =>
  JSON.stringify(of).replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)

describe('the reader of JSON bodies, whatever comes', () => {
  test('all JSON without NUL, half characters and repeated names arrives as it was sent', async () => {
    await fc.assert(
      fc.asyncProperty(json, fc.constantFrom(undefined, 2, '\t'), async (value, space) => {
        assert.deepEqual(await read(JSON.stringify(value, null, space)), { read: value })
      }),
      {
        examples: [
          ['C:\\u0000', undefined],
          ['\\ud800', undefined],
          [{ '\\u0000': '\\' }, undefined],
        ],
      },
    )
  })

  test('a name that is there twice is refused at any depth, however it is written', async () => {
    const parts = fc.record({ name: text, value: json, other: json, depth: fc.nat(5), isEscaped: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(parts, async ({ name, value, other, depth, isEscaped }) => {
        const again = isEscaped && /^[a-z]*$/.test(name) ? escaped(name) : JSON.stringify(name)
        const twice = `{${JSON.stringify(name)} :${JSON.stringify(value)},${again}: ${JSON.stringify(other)}}`
        const nested = `${'{"x":['.repeat(depth)}${twice}${']}'.repeat(depth)}`
        assert.equal(await read(nested), 'repeated_field')
      }),
    )
  })

  test('equal names in objects beside or inside each other are no repetition', () => {
    fc.assert(
      fc.property(json, (value) => {
        assert.equal(hasRepeatedName(JSON.stringify({ a: value, b: [value, { a: value }], c: { a: value } })), false)
      }),
    )
  })

  test('NUL and half characters are refused, in names and in values, as they are and escaped', async () => {
    const bad = fc.constantFrom(
      '\\u0000',
      '\\ud800',
      '\\uDBFF',
      '\\udc00',
      '\\uDFFF',
      '\\ude00\\ud83d',
      '\uFFFD',
      '\\ufffd',
    )
    await fc.assert(
      fc.asyncProperty(bad, text, text, fc.boolean(), async (half, before, after, isName) => {
        const around = `"${JSON.stringify(before).slice(1, -1)}${half}x${JSON.stringify(after).slice(1, -1)}"`
        assert.equal(await read(isName ? `{${around}:1}` : `{"a":[${around}]}`), 'not_text')
      }),
    )
  })

  test('any bytes at all are read or refused, and nothing else happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        const answer = await read(Buffer.from(bytes))
        if (typeof answer === 'string') assert.ok(['not_text', 'not_json_text'].includes(answer), answer)
      }),
    )
  })

  test('what is nested as deep as 64 KiB allow is answered like anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('[', '{"a":'), fc.integer({ min: 1, max: 10_000 }), async (open, depth) => {
        const closed = `${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`
        const answer = await read(closed)
        assert.ok(typeof answer === 'object' || answer === 'not_json_text', String(answer))
        assert.equal(await read(open.repeat(depth)), 'not_json_text')
      }),
      {
        numRuns: 20,
        examples: [
          ['[', 32_000],
          ['{"a":', 9_000],
        ],
      },
    )
  })

  test('no other content type is taken', async () => {
    const other = fc.stringMatching(/^[a-z]{1,9}\/[a-z+-]{1,20}(; ?[a-z]{1,5}=[a-z0-9]{1,5})?$/)
    await fc.assert(
      fc.asyncProperty(other, async (type) => {
        assert.equal(await read('{}', type), 'not_json')
      }),
      { examples: [['application/x-www-form-urlencoded'], ['application/json;charset=latin1']] },
    )
  })
})
