import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Hono } from 'hono'
import { z } from 'zod'
import { character } from '#testing/characters.ts'
import { fieldsIn, readFields, readForm } from './forms.ts'
import { Refusal } from './refusals.ts'

/** What a person can type: whole characters, without NUL and the replacement character. */
const typed = fc.string({ unit: character, maxLength: 40 }).map((text) => text.replaceAll(/[\0\uFFFD]|\p{Cs}/gu, ''))
const isNamed = ([name, value]: [string, string]) => name !== '' && !(value === '' && name.includes('@'))
const fields = fc
  .uniqueArray(fc.tuple(typed, typed).filter(isNamed), { selector: ([name]) => name, maxLength: 8 })
  .map((pairs) => pairs.map(([name, value]): [string, string] => [name, value]))

const FORM = 'application/x-www-form-urlencoded'

/** What the parser makes of a body: its fields, or the reason for its refusal. Anything else that it throws goes on. */
async function read(body: string | Buffer<ArrayBuffer>, type = FORM): Promise<[string, string][] | string> {
  const app = new Hono()
    .post('/', async (c) => c.json([...(await readFields(c))]))
    .onError((error, c) => {
      if (error instanceof Refusal) return c.json(error.reason)
      throw error
    })
  const request = new Request('http://localhost/', { method: 'POST', body, headers: { 'Content-Type': type } })
  return (await (await app.fetch(request)).json()) as [string, string][] | string
}

const encoded = (pairs: [string, string][]) => new URLSearchParams(pairs).toString()

describe('the parser of forms, whatever comes', () => {
  test('all that a person can type arrives as it was typed', async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (pairs) => {
        assert.deepEqual(await read(encoded(pairs)), pairs)
      }),
    )
  })

  test('a field that is there twice is refused, wherever it stands', async () => {
    const twice = fields.filter((pairs) => pairs.length > 0)
    await fc.assert(
      fc.asyncProperty(twice, fc.nat(), typed, async (pairs, at, value) => {
        const [name = ''] = pairs[at % pairs.length] ?? []
        assert.equal(await read(encoded([...pairs, [name, value]])), 'repeated_field')
      }),
    )
  })

  test('a field without a name is left out, wherever it stands and however often', async () => {
    const unnamed = fc.tuple(
      fc.nat(),
      fc.constantFrom('=', '=ada%40example.com', '=ada@example.com', 'ada%40example.com'),
    )
    await fc.assert(
      fc.asyncProperty(fields, fc.array(unnamed, { maxLength: 5 }), async (pairs, more) => {
        const pieces = pairs.map((pair) => encoded([pair]))
        for (const [at, piece] of more) pieces.splice(at % (pieces.length + 1), 0, piece)
        assert.deepEqual(await read(pieces.join('&')), pairs)
      }),
    )
  })

  test('NUL and what could not be read are refused, in names and in values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fields,
        typed,
        fc.constantFrom('\0', '\uFFFD'),
        fc.boolean(),
        async (pairs, text, bad, isName) => {
          const more: [string, string] = isName ? [`${text}${bad}`, ''] : [`other ${text}`, `${bad}${text}`]
          const others = pairs.filter(([name]) => name !== more[0])
          assert.equal(await read(encoded([...others, more])), 'not_text')
        },
      ),
    )
  })

  test('bytes behind percent signs that are no UTF-8 are refused', async () => {
    const bad = fc.constantFrom('%FF', '%C0%AF', '%ED%A0%80', '%E2%82', '%80', '%F5%80%80%80')
    await fc.assert(
      fc.asyncProperty(bad, fc.stringMatching(/^[a-z]{0,5}$/), async (bytes, text) => {
        assert.equal(await read(`a=${text}${bytes}${text}`), 'not_text')
      }),
    )
  })

  test('any bytes at all are read or refused, and nothing else happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const answer = await read(Buffer.from(bytes))
        if (typeof answer === 'string') assert.ok(['not_text', 'repeated_field'].includes(answer), answer)
      }),
    )
  })

  test('nothing but the content type of forms is taken', async () => {
    const other = fc.oneof(
      fc.constantFrom('multipart/form-data; boundary=x', 'text/plain', 'application/json', `${FORM};charset=utf-7`),
      fc.stringMatching(/^[a-z]{1,9}\/[a-z-]{1,20}(; ?[a-z]{1,5}=[a-z0-9]{1,5})?$/),
    )
    await fc.assert(
      fc.asyncProperty(other, async (type) => {
        assert.equal(await read('a=b', type), 'not_a_form')
      }),
    )
  })

  test('64 KiB are read, and not one byte more', async () => {
    const most = 64 * 1024
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -3, max: 40 }), async (more) => {
        const body = `a=${'x'.repeat(most + more - 2)}`
        assert.equal(typeof (await read(body)) === 'string', more > 0)
      }),
      { numRuns: 20 },
    )
  })

  test('a field that the page does not know is refused, and so is a tick with another value', async () => {
    const shape = z.object({ email: z.string().optional() })
    const answerTo = async (pairs: [string, string][]) => {
      const app = new Hono()
        .post('/', async (c) => c.json((await readForm(c, shape, /^tick$/)).values))
        .onError((error, c) => c.json(error instanceof Refusal ? error.reason : 'fault'))
      const headers = { 'Content-Type': FORM }
      return (await app.request('/', { method: 'POST', body: encoded(pairs), headers })).json()
    }
    await fc.assert(
      fc.asyncProperty(typed, typed, async (name, value) => {
        const isKnown = name === 'email' || (name === 'tick' && value === 'yes')
        const expected = isNamed([name, value]) ? 'unknown_field' : {}
        assert.deepEqual(await answerTo([[name, value]]), isKnown ? { [name]: value } : expected)
      }),
      {
        examples: [
          ['tick', 'yes'],
          ['tick', 'no'],
          ['email', ''],
          ['__proto__', 'x'],
          ['constructor', ''],
        ],
      },
    )
  })

  test('a query string is read as a body is', () => {
    fc.assert(
      fc.property(fields, (pairs) => {
        assert.deepEqual([...fieldsIn(`?${encoded(pairs)}`)], pairs)
      }),
    )
  })
})
