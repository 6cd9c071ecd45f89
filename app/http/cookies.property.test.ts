import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { Hono } from 'hono'
import { character } from '#testing/characters.ts'
import {
  BASE_URL,
  type Browser,
  ENROLMENT,
  enrolling,
  KNOWN,
  latchkey,
  PENDING,
  SESSION,
  signedUp,
  TRUSTED,
} from '#testing/index.ts'
import { type Enrolment, readEnrolment, writeEnrolment } from '../two-factor/enrolment.ts'
import { createCookies } from './cookies.ts'

const product = await latchkey()
after(() => product.close())
const { vault, clock } = product

let browser: Browser
before(async () => {
  browser = (await signedUp(product)).browser
  await enrolling(product, browser)
})

const ALL = [
  SESSION,
  PENDING,
  ENROLMENT,
  KNOWN,
  TRUSTED,
  ...['notice', 'token', 'client-secret', 'mail-link'].map((of) => `__Host-latchkey-${of}`),
]
const HERE = '/settings/account'

/** Whether a request with this Cookie header is signed in. */
async function isSignedIn(header: string) {
  const { status, location } = await product.browser().get(HERE, { Cookie: header })
  assert.deepEqual(product.faults, [])
  if (status === 200) return true
  assert.equal(status, 303)
  assert.match(location ?? '', /^\/sign-in/)
  return false
}

/** What a header can contain at all: Latin-1 without line ends. */
const bytes = (most: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: most })
    .map((all) => String.fromCharCode(...all.filter((byte) => ![10, 13].includes(byte))).trim())
const token = () => browser.cookies.get(SESSION) ?? ''
/** `at` may count from the end. */
function changed(text: string, at: number, to: string) {
  const index = ((at % text.length) + text.length) % text.length
  return text.slice(0, index) + to + text.slice(index + 1)
}

describe('cookies, whatever is in them', () => {
  test('any bytes under any name sign nobody in, and are no fault', async () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom(...ALL, '__proto__', ''), bytes(80)), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(pairs, async (all) => {
        assert.equal(await isSignedIn(all.map(([name, value]) => `${name}=${value}`).join('; ')), false)
      }),
    )
    await fc.assert(fc.asyncProperty(bytes(200), async (header) => assert.equal(await isSignedIn(header), false)))
  })

  test('any bytes beside a session’s own cookie neither help nor hurt, unless they are of its name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ALL.slice(1)), bytes(60), fc.boolean(), async (name, value, isFirst) => {
        const [own, other] = [`${SESSION}=${token()}`, `${name}=${value.replaceAll(';', '')}`]
        assert.equal(await isSignedIn(isFirst ? `${other}; ${own}` : `${own}; ${other}`), true)
        assert.equal(await isSignedIn(`${own}; ${SESSION}=${value.replaceAll(';', '')}`), false)
      }),
    )
  })

  test('a session with a character changed anywhere, or under another name, is none (A29)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.stringMatching(/^[ -~]?$/),
        fc.constantFrom(...ALL.slice(1)),
        async (at, to, name) => {
          const other = changed(token(), at, to)
          fc.pre(other !== token() && !/[ ;]$|^[ ;]/.test(other))
          assert.equal(await isSignedIn(`${SESSION}=${other}`), false)
          assert.equal(await isSignedIn(`${name}=${token()}`), false)
        },
      ),
    )
  })
})

describe('the signed cookie', () => {
  const cookies = createCookies({ baseUrl: BASE_URL, vault })
  const app = new Hono()
    .post('/', async (c) => {
      await cookies.enrolment.write(c, await c.req.text())
      return c.text('written')
    })
    .get('/', async (c) => c.json({ read: (await cookies.enrolment.read(c)) ?? null }))

  async function written(text: string) {
    const answer = await app.request('/', { method: 'POST', body: text })
    return (answer.headers.getSetCookie()[0] ?? '').split(';')[0]?.slice(`${ENROLMENT}=`.length) ?? ''
  }
  const read = async (value: string, name = ENROLMENT) =>
    ((await (await app.request('/', { headers: { Cookie: `${name}=${value}` } })).json()) as { read: string | null })
      .read

  const text = fc.stringMatching(/^[\w.-]{1,200}$/)
  // At its end base64 has spare bits, and percent signs.
  const place = fc.oneof(fc.nat(), fc.integer({ min: -8, max: -1 }))
  const letter = fc.oneof(
    fc.stringMatching(/^[!#-+\--:<-~]?$/),
    fc.constantFrom(...'BCDFGHJKLNOPRSTVWXZabdefhijlmnpqrtuvxyz123567+'),
  )

  test('is read as it was written, and not at all with a character changed or under another name', async () => {
    await fc.assert(
      fc.asyncProperty(text, place, letter, async (of, at, to) => {
        const value = await written(of)
        assert.equal(await read(value), of)
        assert.equal(await read(value, SESSION), null)
        const other = changed(value, at, to)
        // A percent sign may be written in two ways, which are one byte: %2f and %2F.
        fc.pre(other.toLowerCase() !== value.toLowerCase())
        const believed = await read(other)
        assert.ok(believed === null, `${other} was believed`)
      }),
      { numRuns: 400 },
    )
  })

  const enrolment = fc
    .record({
      id: fc.stringMatching(/^[\w-]{16}$/),
      mode: fc.constantFrom('set-up' as const, 'add' as const, 'replace' as const),
      kind: fc.constant('totp'),
      replaces: fc.option(fc.stringMatching(/^[\w-]{16}$/)),
      sessionId: fc.stringMatching(/^[\w-]{16}$/),
      securityVersion: fc.nat(),
      begun: fc.uint8Array({ minLength: 20, maxLength: 20 }),
      proven: fc.option(
        fc.record(
          { secret: fc.uint8Array({ maxLength: 200 }), counter: fc.integer({ min: 0, max: 2 ** 31 }) },
          { noNullPrototype: true },
        ),
      ),
      codes: fc.array(fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{10}$/), { maxLength: 12 }),
      downloaded: fc.boolean(),
      inMs: fc.integer({ min: 1, max: 15 * 60_000 }),
    })
    .map(({ inMs, ...rest }): Enrolment => ({ ...rest, expiresAt: new Date(clock.now().getTime() + inMs) }))
  const sessionOf = ({ sessionId }: Enrolment) => ({ id: sessionId })

  test('an enrolment is read as it was written, to its last millisecond, in its own session and mode alone', () => {
    fc.assert(
      fc.property(enrolment, enrolment, (one, other) => {
        const of = writeEnrolment(vault, one)
        const last = new Date(one.expiresAt.getTime() - 1)
        const opened = readEnrolment(vault, of, sessionOf(one), one.mode, last)
        assert.deepEqual(opened, one)
        assert.equal(readEnrolment(vault, of, sessionOf(one), one.mode, one.expiresAt), undefined)
        if (other.mode !== one.mode) assert.equal(readEnrolment(vault, of, sessionOf(one), other.mode, last), undefined)
        fc.pre(other.sessionId !== one.sessionId)
        assert.equal(readEnrolment(vault, of, sessionOf(other), one.mode, last), undefined)
      }),
    )
  })

  test('any text at all is no enrolment, and nothing is thrown', () => {
    const any = fc.oneof(
      fc.string({ unit: character }),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    )
    fc.assert(
      fc.property(any, enrolment, (text, { mode, ...one }) => {
        assert.equal(readEnrolment(vault, text, sessionOf({ mode, ...one }), mode, clock.now()), undefined)
      }),
    )
  })
})
