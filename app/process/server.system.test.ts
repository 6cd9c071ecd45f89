import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '#db/client.ts'
import { accountOf, builtServer, emptyDatabase, PASSWORD, readingOf, startServer, untilSaid } from '#testing/index.ts'

const { url: DATABASE_URL, drop } = await emptyDatabase()

const { program } = await builtServer()

/** Starts the product as an operator does. */
const start = (environment: Record<string, string>) =>
  startServer({
    program,
    environment: { DATABASE_URL, LATCHKEY_KEYS: `k1:${randomBytes(32).toString('base64')}`, ...environment },
  })

const { child, out, err, ended, port } = await start({})
const sockets = new Set<Socket>()
after(async () => {
  if (child.exitCode === null) child.kill('SIGKILL')
  for (const socket of sockets) socket.destroy()
  await drop()
})
const OURS = `localhost:${port}`
const HOST = `Host: ${OURS}`

function open() {
  const socket = connect(port, '127.0.0.1')
  sockets.add(socket)
  socket.on('error', () => {}) // a connection that is closed upon us is one of the right answers
  return { socket, answer: readingOf(socket), closed: once(socket, 'close') }
}

/** Sends the text as it is and waits until the server closes the connection, ten seconds at most. Status 0: no answer. */
async function raw(text: string) {
  const { socket, answer, closed } = open()
  socket.write(text, 'latin1')
  const isClosed = await Promise.race([closed.then(() => true), pause(10_000, false, { ref: false })])
  socket.destroy()
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer())?.[1] ?? 0), answer: answer(), isClosed }
}

const CLOSE = 'Connection: close'
const lines = (...of: string[]) => `${of.join('\r\n')}\r\n\r\n`
const target = (of: string, ...headers: string[]) => lines(`GET ${of} HTTP/1.1`, ...headers, CLOSE)
const get = (...headers: string[]) => target('/sign-in', ...headers)
const FORM = [
  'POST /sign-in HTTP/1.1',
  HOST,
  `Origin: http://${OURS}`,
  'Content-Type: application/x-www-form-urlencoded',
]
const post = (...headers: string[]) => lines(...FORM, ...headers)
const responses = (answer: string) => answer.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0

const LONG = 'a'.repeat(20_480)
const COOKIE = 'Cookie: latchkey=abcx0123456789abcdef0123456789abcdef'
const CHUNKED = 'Transfer-Encoding: chunked'
const FIVE = 'Content-Length: 5'

const BROKEN: [string, string, number[]][] = [
  ['two Host lines (A46)', get(HOST, 'Host: evil.example'), [400]],
  ['two Host lines, ours last (A46)', get('Host: evil.example', HOST), [400]],
  ['the same Host line twice (A46)', get(HOST, HOST), [400]],
  ['no Host line (A46)', get(), [400]],
  ['another Host (A46)', get('Host: evil.example'), [421]],
  ['an absolute target elsewhere (A46)', target('http://evil.example/sign-in', HOST), [400, 421]],
  ['an absolute target with a user (A46)', target(`http://${OURS}@evil.example/`, HOST), [400, 421]],
  ['a blank before the colon of Host (A46)', get(`Host : ${OURS}`), [400]],
  ['a folded header line (A61)', get(HOST, 'X-Folded: a', ' b'), [400]],
  ['lines that end in LF alone (A61)', get(HOST).replaceAll('\r', ''), [400]],
  ['a header line that ends in LF alone (A61)', get(`${HOST}\nX: y`), [400]],
  ['a CR inside a header (A61)', get(HOST, 'X: a\rb'), [400]],
  ['a NUL inside a cookie (A28)', get(HOST, 'Cookie: latchkey=a\0b'), [400]],
  ['a length and chunks (A61)', `${post(FIVE, CHUNKED)}0\r\n\r\n`, [400]],
  ['chunks and a length (A61)', `${post(CHUNKED, FIVE)}0\r\n\r\n`, [400]],
  ['two lengths (A61)', `${post(FIVE, 'Content-Length: 6')}a=bcde`, [400]],
  ['the same length twice (A61)', `${post(FIVE, FIVE)}a=bcd`, [400]],
  ['an unknown coding (A61)', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`, [400, 501]],
  ['a coding after the chunks (A61)', `${post(`${CHUNKED}, identity`)}0\r\n\r\n`, [400, 501]],
  ['a broken chunk size (A61)', `${post(CHUNKED)}zz\r\nab\r\n0\r\n\r\n`, [400]],
  ['a header of 20 KB (A61)', get(HOST, `X: ${LONG}`), [431]],
  ['a target of 20 KB (A61)', target(`/${LONG}`, HOST), [414, 431]],
  ['TRACE and a cookie (A61)', lines('TRACE / HTTP/1.1', HOST, COOKIE, CLOSE), [400, 405]],
  ['CONNECT (V4.1.4)', lines(`CONNECT ${OURS} HTTP/1.1`, HOST), [0, 400, 405]],
  ['a method of its own (V4.1.4)', lines('FOO / HTTP/1.1', HOST), [400, 405]],
  ['a body told as a megabyte (A56)', post('Content-Length: 1048576', CLOSE) + LONG, [413]],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
]

describe('a request on the wire', () => {
  test('that is in order is answered, and tells nothing of what answers', async () => {
    const { status, answer } = await raw(get(HOST))
    assert.equal(status, 200)
    assert.match(answer, /<h1[^>]*>Sign in<\/h1>/)
    assert.doesNotMatch(answer, /^(server|x-powered-by):/im)
  })

  for (const [what, request, statuses] of BROKEN)
    test(`with ${what} is refused once and closed, and nothing of it comes back`, async () => {
      const { status, answer, isClosed } = await raw(request)
      assert.ok(statuses.includes(status), `answered ${status}`)
      assert.ok(isClosed && responses(answer) <= 1)
      assert.ok(!answer.includes('abcx0123') && !answer.includes('evil.example'))
    })

  test('with a carriage return in its token is told what to mend (D23)', async () => {
    const { answer } = await raw(get(HOST, 'Authorization: Bearer lk_0123\r'))
    assert.match(
      answer,
      /^HTTP\/1\.1 400 [\s\S]*Content-Type: text\/plain[\s\S]*token read from a file[^\n]+carriage return/,
    )
    assert.ok(!answer.includes('lk_0123'), 'nothing of it comes back')
  })

  test('that hides another in its body is answered once (A61)', async () => {
    const { answer } = await raw(post(`Content-Length: ${get(HOST).length}`, CLOSE) + get(HOST))
    assert.equal(responses(answer), 1)
  })

  test('without a Host line, as HTTP/1.0 allows, is answered about health, and is another host to all else', async () => {
    const old = (path: string) => raw(lines(`GET ${path} HTTP/1.0`))
    assert.deepEqual([(await old('/healthz')).status, (await old('/readyz')).status], [200, 200])
    assert.equal((await old('/sign-in')).status, 421)
    assert.match(out(), /"msg":"other_host"/)
  })

  test('with an absolute target that is ours is answered (RFC 9112 section 3.2.2)', async () => {
    assert.equal((await raw(target(`http://${OURS}/sign-in`, HOST))).status, 200)
  })
})

describe('a body', () => {
  test('of JSON is read as JSON, however its type is written (D23)', async () => {
    const body = '{"email":"ada@example.com","password":"violet kettle marches north"}'
    const sent = (type: string) =>
      raw(
        lines(
          'POST /api/v1/sessions HTTP/1.1',
          HOST,
          CLOSE,
          `Content-Type: ${type}`,
          `Content-Length: ${body.length}`,
        ) + body,
      )
    assert.equal((await sent('application/json')).status, 401)
    assert.equal((await sent('Application/JSON ; v=1;\tCharset="UTF-8"')).status, 401)
    assert.equal((await sent('application/json; charset=utf-7')).status, 415)
  })

  test('in chunks without end is cut off past the limit (A56)', async () => {
    const chunks = `5000\r\n${LONG}\r\n`.repeat(20)
    assert.equal((await raw(post(CHUNKED, CLOSE) + chunks)).status, 413)
  })

  test('in thousands of chunks of one byte is read as one (A56)', async () => {
    assert.equal((await raw(`${post(CHUNKED, CLOSE)}${'1\r\na\r\n'.repeat(5000)}0\r\n\r\n`)).status, 400)
  })

  test('byte by byte, fifty at a time, keeps nobody else waiting (A56)', async () => {
    const slow = Array.from({ length: 50 }, open)
    for (const { socket } of slow) socket.write(`${post('Content-Length: 1000')}e`)
    await pause(50)
    for (const { socket } of slow) socket.write('m')
    assert.equal((await raw(get(HOST))).status, 200)
    for (const { socket } of slow) socket.destroy()
    await raw(get(HOST)) // the server now knows that they are gone
  })
})

describe('the process', () => {
  test('has printed a line for people and one that it started, and nothing of what came and went (A63)', async () => {
    await raw(get(HOST, 'User-Agent: \x1b[31m{"level":"info"}'))
    const printed = out().replace(/^\{[^\n]+"msg":"other_host"\}\n/gm, '') // told of above
    assert.match(
      printed,
      /^Latchkey is at http:\/\/localhost:\d+ · [^\n]+\n\{[^\n]+"msg":"started"\}\nNobody has an account yet\. [^\n]+\n$/,
    )
    assert.equal(err(), '')
  })

  test('prints where the first operator makes their account, and no more once there is one', async () => {
    const link = await untilSaid({ out, child }, /within 24 hours: http:\S+(\/sign-up\?invitation=[\w-]{43})\n/)
    const followed = await raw(target(link, HOST))
    assert.match(followed.answer, /^HTTP\/1\.1 303 /)
    const [, cookie = ''] = /Set-Cookie: ([^;]+)/i.exec(followed.answer) ?? []
    const form = new URLSearchParams({ email: `${randomBytes(6).toString('hex')}@example.com`, password: PASSWORD })
    const length = `Content-Length: ${form.toString().length}`
    const sent = ['POST /sign-up HTTP/1.1', ...FORM.slice(1), length, `Cookie: ${cookie}`, CLOSE]
    assert.match((await raw(`${lines(...sent)}${form}`)).answer, /^HTTP\/1\.1 303 [\s\S]*\r\nLocation: \/\r\n/i)
    const opened = openDatabase(DATABASE_URL)
    assert.equal((await accountOf({ database: opened }, form.get('email') ?? '')).role, 'operator')
    await opened.close()
    for (const WORKERS of ['1', '2']) {
      const again = await start({ WORKERS })
      await untilSaid(again, WORKERS === '1' ? /"msg":"(started)"/ : /"worker":2,[^\n]+"msg":"(worker_serves)"/)
      await again.stop()
      assert.doesNotMatch(again.out(), /Nobody has an account/)
    }
  })

  test('keeps a connection that rests longer than proxies do, so none of them sends into one that closes', async () => {
    const { headers } = await fetch(`http://127.0.0.1:${port}/healthz`)
    assert.equal(headers.get('Keep-Alive'), 'timeout=65')
  })

  test('hashes a password at its full cost, which no setting lowers', async () => {
    const email = `${randomBytes(6).toString('hex')}@example.com`
    const form = new URLSearchParams({ email, password: PASSWORD }).toString()
    const { status } = await raw(
      `${lines('POST /sign-up HTTP/1.1', ...FORM.slice(1), `Content-Length: ${form.length}`, CLOSE)}${form}`,
    )
    assert.equal(status, 303)
    const opened = openDatabase(DATABASE_URL)
    const { passwordHash } = await accountOf({ database: opened }, email)
    await opened.close()
    assert.match(passwordHash, /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/)
  })

  test('stops on SIGTERM with exit code 0, as soon as what is in work is answered', async () => {
    const inWork = open()
    inWork.socket.write(`${post('Content-Length: 9')}email=`)
    const idle = open()
    idle.socket.write(lines('GET /sign-in HTTP/1.1', HOST))
    while (!idle.answer().includes('</html>')) await pause(10)
    child.kill('SIGTERM')
    await idle.closed
    inWork.socket.write('a@b')
    const answered = performance.now()
    assert.deepEqual(await ended, [0, null])
    assert.match(inWork.answer(), /^HTTP\/1\.1 422 /)
    assert.match(out(), /"msg":"stopped"\}\n$/)
    assert.ok(performance.now() - answered < 4000, 'a connection kept alive holds nothing up')
  })

  test('of an https site without SMTP_URL warns at the start that mail reaches nobody, and one with it does not', async () => {
    const site = { BASE_URL: 'https://accounts.example.com' }
    for (const [environment, warns] of [
      [site, true],
      [{ ...site, SMTP_URL: 'smtp://mail.example.com' }, false],
    ] as const) {
      const one = await start(environment)
      await untilSaid(one, /"msg":"(started)"/)
      await one.stop()
      assert.equal(
        /"level":"warn"[^\n]+"reason":"SMTP_URL is not set: mail reaches nobody[^\n]+"no_mail_server"/.test(one.out()),
        warns,
      )
    }
  })

  for (const [what, environment, sentence] of [
    ['a port that is none', { PORT: 'abc' }, /PORT must be a number\./],
    [
      'a database that is none',
      { DATABASE_URL: `file:${import.meta.filename}` },
      /The database of DATABASE_URL, \/.*server\.system\.test\.ts, can't be used: the file is no SQLite database \(SQLITE_NOTADB\)\.$/m,
    ],
    [
      'a PostgreSQL that is away',
      { DATABASE_URL: 'postgres://latchkey:secret@127.0.0.1:1/latchkey' },
      /PostgreSQL does not answer at 127\.0\.0\.1:1 \(ECONNREFUSED\), which is where DATABASE_URL says it is\.$/m,
    ],
    ['a key that is none', { LATCHKEY_KEYS: 'k1:c2hvcnQ=' }, /Key k1 must be 32 bytes in base64; it is 5\./],
  ] as [string, Record<string, string>, RegExp][])
    test(`does not start with ${what}: one sentence, exit code 1, at once`, { timeout: 10_000 }, async () => {
      const wrong = await start(environment)
      assert.deepEqual(await wrong.ended, [1, null])
      assert.match(wrong.out() + wrong.err(), /^Latchkey did not start: [^\n]+\n$/)
      assert.match(wrong.err(), sentence)
      assert.ok(!wrong.err().includes('c2hvcnQ'))
    })
})
