import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BASE_URL, everyRow, latchkey, newEmail, PASSWORD, signedUp } from '#testing/index.ts'

const product = await latchkey()
after(() => product.close())

const FORM = 'application/x-www-form-urlencoded'
const KIB = 1024

let email: string
before(async () => {
  email = (await signedUp(product)).email
})

const post = (
  body: BodyInit,
  type: string | undefined = FORM,
  path = '/sign-in',
  headers: Record<string, string> = {},
) =>
  product.browser({ address: '198.51.100.9' }).send(path, {
    method: 'POST',
    body,
    headers: { Origin: BASE_URL, ...(type === undefined ? {} : { 'Content-Type': type }), ...headers },
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit)

const credentials = (password = PASSWORD) => new URLSearchParams({ email, password }).toString()

/** Refused as a whole: nothing is looked at, nothing is kept. */
async function refused(body: BodyInit, status: number, type?: string) {
  const before = await everyRow(product)
  const answer = await post(body, type)
  assert.equal(answer.status, status)
  assert.deepEqual(answer.headers.getSetCookie(), [])
  assert.deepEqual(await everyRow(product), before)
  assert.deepEqual(product.faults, [])
  return answer
}

/** A body without a length. `taken` counts what was read of it. */
function chunked(chunk: string, times: number) {
  const counter = { taken: 0 }
  const bytes = new TextEncoder().encode(chunk)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (counter.taken >= times) return controller.close()
      counter.taken++
      controller.enqueue(bytes)
    },
  })
  return { body, counter }
}

describe('the content type', () => {
  for (const type of [
    FORM,
    'Application/X-WWW-Form-URLEncoded',
    `${FORM};charset=UTF-8`,
    `${FORM} ; charset=utf-8`,
    `${FORM};\tcharset=UTF-8`,
    `${FORM}; Charset = "utf-8"; v=1`,
    `${FORM};`,
  ])
    test(`${JSON.stringify(type)} is the one that our forms send (A57)`, async () => {
      assert.equal((await post(credentials(), type)).location, '/')
    })

  for (const type of [
    `${FORM};charset=utf-7`,
    `${FORM};charset=iso-8859-1`,
    `${FORM};v=1;charset="utf-7"`,
    `${FORM};charset=utf-8;charset=utf-7`,
    `${FORM}, text/plain`,
    'text/plain',
    'application/json',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    '',
    'application/x-www-form-urlencodedx',
  ])
    test(`${JSON.stringify(type)} is refused with 415 (A57)`, async () => {
      await refused(credentials(), 415, type)
    })

  test('multipart, broken or whole, is refused with 415 and never throws (A56)', async () => {
    const whole = `--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n${email}\r\n--x--\r\n`
    for (const body of [whole, '--x\r\nContent-Disp', '--x--', '\0'])
      await refused(body, 415, 'multipart/form-data; boundary=x')
  })

  test('JSON with a key twice or a prototype is not a form (A59)', async () => {
    for (const body of [`{"email":"${email}","email":"x"}`, '{"__proto__":{"admin":true}}'])
      await refused(body, 415, 'application/json')
  })
})

describe('a field', () => {
  const extra = [
    ['twice', `${credentials()}&email=${encodeURIComponent('eve@example.com')}`],
    ['twice with the same value', `${credentials()}&password=${encodeURIComponent(PASSWORD)}`],
    ['twice, once percent-encoded', `${credentials()}&%65mail=eve@example.com`],
    ['as a list', `email[]=${email}&password=${PASSWORD}`],
    ['nested', `user[email]=${email}&${credentials()}`],
    ['called __proto__', `${credentials()}&__proto__=x`],
    ['called __proto__[admin]', `${credentials()}&__proto__[admin]=1`],
    ['called constructor', `${credentials()}&constructor=x`],
    ['called role', `${credentials()}&role=admin`],
    ['called userId', `${credentials()}&userId=1`],
    ['called account_id', `${credentials()}&account_id=1`],
    ['called twoFactorEnabled', `${credentials()}&twoFactorEnabled=false`],
    ['called pressed, with another value than a button has', `${credentials()}&pressed=no`],
    ['called pressed, twice', `${credentials()}&pressed=yes&pressed=yes`],
    ['without a name, and no text', `${credentials()}&=%00`],
    ['with a name and no value', `${credentials()}&role`],
    ['with a blank in its name', `${credentials()}&email+=x`],
  ] as const
  for (const [what, body] of extra)
    test(`${what} is refused with 400 (A59)`, async () => {
      await refused(body, 400)
    })

  test('without a name is left out: text browsers send the field that tells a password manager whose password it is', async () => {
    const address = encodeURIComponent(email)
    for (const unnamed of [
      `=${address}`,
      `=${email}`,
      address,
      `=${address}&=${address}`,
      `${address}&${address}`,
      '=',
    ])
      for (const body of [`${unnamed}&${credentials()}`, `${credentials()}&${unnamed}`])
        assert.equal((await post(body)).location, '/', body)
  })

  test('that says a button was pressed is taken with any form', async () => {
    assert.equal((await post(`pressed=yes&${credentials()}`)).location, '/')
  })

  test('one of five thousand is refused with 400 (A56)', async () => {
    await refused(Array.from({ length: 5000 }, (_, index) => `f${index}=1`).join('&'), 400)
  })
})

describe('what is no text', () => {
  const places = ['/sign-in', '/sign-up'] as const
  for (const [what, bytes] of [
    ['NUL', '%00'],
    ['a lone surrogate', '%ED%A0%80'],
    ['overlong UTF-8', '%C0%AF'],
    ['a cut UTF-8 sequence', '%F0%9F%94'],
    ['the replacement character itself', '%EF%BF%BD'],
    ['a byte that is no UTF-8', '%FF'],
  ] as const)
    for (const field of ['email', 'password', 'return_to'])
      test(`${what} in ${field} is refused with 400 (A58)`, async () => {
        const fields = new URLSearchParams({ email: newEmail(), password: PASSWORD })
        fields.delete(field)
        for (const path of places) {
          const answer = await post(`${fields}&${field}=x${bytes}`, FORM, path)
          assert.equal(answer.status, 400)
        }
        assert.deepEqual(product.faults, [])
      })

  test('raw bytes that are no UTF-8 are refused with 400 (A58)', async () => {
    for (const byte of [0xff, 0xc0, 0x00])
      await refused(Buffer.concat([Buffer.from(credentials()), Buffer.of(byte)]), 400)
  })

  test('odd text that is text is kept as it is or refused with 422, on either database (A58)', async () => {
    for (const text of ['\u202e', '\u{1f511}', '\u0007', '\u001b[31m', '\ufeff', '\u{10ffff}', '𝒜']) {
      const password = `${text} violet kettle marches ${text}`
      const isInvisible = /^\p{Cf}$/u.test(text) // stripped from an address, which people paste
      const email = newEmail().replace('@', `${text}@`)
      const odd = await post(new URLSearchParams({ email, password }), FORM, '/sign-up')
      assert.equal(odd.status, isInvisible ? 303 : 422)
      const own = newEmail()
      const made = await post(new URLSearchParams({ email: own, password }), FORM, '/sign-up')
      assert.equal(made.status, 303)
      const back = await post(new URLSearchParams({ email: own, password }))
      assert.equal(back.location, '/')
    }
    assert.deepEqual(product.faults, [])
  })
})

describe('the size of a body', () => {
  const filled = (bytes: number) => {
    const start = new URLSearchParams({ email, password: '' }).toString()
    return start + 'a'.repeat(bytes - start.length)
  }

  test('of 64 KiB is read, of one byte more is refused with 413 (A56)', async () => {
    assert.equal((await post(filled(64 * KIB))).status, 422)
    await refused(filled(64 * KIB + 1), 413)
    await refused(filled(KIB * KIB), 413)
  })

  test('is counted where none is announced, and the rest is not read (A56)', async () => {
    const { body, counter } = chunked('a'.repeat(8 * KIB), 1000)
    assert.equal((await post(body)).status, 413)
    assert.ok(counter.taken < 20, `${counter.taken} chunks were read`)
  })

  test('announced too large is refused unread, announced too small does not matter (A56)', async () => {
    assert.equal((await post(credentials(), FORM, '/sign-in', { 'Content-Length': '999999999' })).status, 413)
    const { body } = chunked('a'.repeat(8 * KIB), 1000)
    assert.equal((await post(body, FORM, '/sign-in', { 'Content-Length': '5' })).status, 413)
  })

  test('in ten thousand chunks of one byte is read as one (A56)', async () => {
    const { body, counter } = chunked('a', 10_000)
    assert.equal((await post(body)).status, 400)
    assert.ok(counter.taken >= 10_000)
  })
})
