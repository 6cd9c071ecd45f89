import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { describe, test } from 'node:test'
import { type Cbor, cbor } from '#testing/cbor.ts'
import { BASE_URL } from '#testing/names.ts'
import { type Instead, type SoftwareAuthenticator, softwareAuthenticator } from '#testing/software-authenticator.ts'
import type { Proven, Refused } from '../../factor.ts'
import { challengeOf } from './options.ts'
import { passkeyKind } from './wire.ts'

const kind = passkeyKind({ issuer: 'Latchkey', baseUrl: BASE_URL })
const HANDLE = randomBytes(32).toString('base64url')
const ASKED = 'what this sign-in asks'
const now = new Date('2026-03-01T12:00:00Z')
const reasonOf = (judged: { ok: true } | Refused) => (judged.ok ? 'right' : judged.refusal.reason)

const begun = kind.begin()
const toRegister = kind.askToRegister({
  begun,
  userHandle: HANDLE,
  email: 'ada@example.com',
  displayName: null,
  others: [],
})
const enrol = (passkey: unknown) => {
  const answer = kind.read({ passkey })
  return answer ? answer.enrol({ begun, before: null, now, isInUse: async () => false }) : Promise.reject('not read')
}
const registered = async (device: SoftwareAuthenticator, instead: Instead = {}) =>
  reasonOf(await enrol(device.register(toRegister, instead)))

async function provenOf(device: SoftwareAuthenticator): Promise<Proven> {
  const enrolled = await enrol(device.register(toRegister))
  assert.ok(enrolled.ok, 'it is taken')
  return enrolled.proven
}

/** What comes of an answer of a device that the account has; `alone`: without a password. */
async function judged(
  passkey: string,
  { secret, counter, credentialId }: Proven,
  { alone = false, challenges = [ASKED], hasHandle = true } = {},
) {
  const answer = alone ? kind.readAlone({ passkey }) : kind.read({ passkey })
  assert.ok(answer, 'it is read')
  return answer.judge({
    accountId: 1,
    factors: async () => [{ id: 'factor', secret, counter, credentialId: credentialId ?? null }],
    challenges: () => challenges,
    userHandle: async () => (hasHandle ? HANDLE : undefined),
    now,
  })
}
const toSign = kind.askFor(ASKED, [])
async function signedIn(instead: Instead, of: { alone?: boolean } = {}) {
  const device = softwareAuthenticator()
  const proven = await provenOf(device)
  return reasonOf(await judged(device.sign(toSign, instead), proven, of))
}

/** By whatever they differ from what is ours. */
const ELSEWHERE: Record<string, Instead> = {
  'another site': { origin: 'https://latchkey.example' },
  'a sub-domain': { origin: 'https://login.latchkey.test' },
  'a host that begins alike': { origin: 'https://latchkey.test.example' },
  'a host that ends alike': { origin: 'https://notlatchkey.test' },
  'another port': { origin: 'https://latchkey.test:8443' },
  'another scheme': { origin: 'http://latchkey.test' },
  'another id of the site': { rpId: 'latchkey.example' },
  'a page inside another site’s': { crossOrigin: true },
  'a page inside another site’s, which says so itself': { crossOrigin: true, topOrigin: 'https://latchkey.example' },
  'a page inside another’s, though it says it is not': { topOrigin: BASE_URL },
}

describe('an answer at sign-in', () => {
  for (const [where, instead] of Object.entries(ELSEWHERE))
    test(`from ${where} is refused (K03)`, async () => assert.equal(await signedIn(instead), 'passkey_refused'))

  test('with a bogus signature, or that of another key, is refused (K03)', async () => {
    for (const signature of [Buffer.alloc(0), randomBytes(64), Buffer.alloc(72)])
      assert.equal(await signedIn({ signature }), 'passkey_refused')
    const [mine, theirs] = [softwareAuthenticator(), softwareAuthenticator()]
    const claimed = theirs.sign(toSign, { id: Buffer.from(mine.id, 'base64url'), userHandle: HANDLE })
    assert.equal(reasonOf(await judged(claimed, await provenOf(mine))), 'passkey_refused')
  })

  test('that registers, and one that signs in where one is to be registered, is refused (K03)', async () => {
    const device = softwareAuthenticator()
    const proven = await provenOf(device)
    assert.equal(reasonOf(await judged(device.register(toRegister), proven)), 'passkey_refused')
    assert.equal(await signedIn({ type: 'webauthn.create' }), 'passkey_refused')
    assert.equal(reasonOf(await enrol(device.sign({ ...toSign, challenge: toRegister.challenge }))), 'passkey_refused')
    assert.equal(await registered(softwareAuthenticator(), { type: 'webauthn.get' }), 'passkey_refused')
  })

  test('of a device that nobody touched is refused (K02)', async () =>
    assert.equal(await signedIn({ flags: { present: false } }), 'passkey_refused'))

  test('of a device that made sure of nobody is enough after a password, and not without one (K02)', async () => {
    const instead = { flags: { verified: false } }
    assert.equal(await signedIn(instead), 'right')
    assert.equal(await signedIn(instead, { alone: true }), 'passkey_refused')
    assert.equal(await signedIn({}, { alone: true }), 'right')
  })

  test('to any other challenge than those of now is refused (K04)', async () => {
    const device = softwareAuthenticator()
    const proven = await provenOf(device)
    const answer = device.sign(toSign)
    assert.equal(reasonOf(await judged(answer, proven, { challenges: ['another', ASKED] })), 'right')
    for (const challenges of [[], ['another'], [`${ASKED} `], [challengeOf(ASKED)]])
      assert.equal(reasonOf(await judged(answer, proven, { challenges })), 'passkey_expired')
  })

  test('for another user handle is refused, and one without any is good (K06)', async () => {
    const handles: [string | null, string][] = [
      [HANDLE, 'right'],
      [null, 'right'],
      ['', 'right'],
      [randomBytes(32).toString('base64url'), 'passkey_unknown'],
      [HANDLE.slice(0, -1), 'passkey_unknown'],
    ]
    for (const [userHandle, expected] of handles)
      assert.equal(await signedIn({ userHandle }), expected, `${userHandle}`)
    const device = softwareAuthenticator()
    const proven = await provenOf(device)
    assert.equal(reasonOf(await judged(device.sign(toSign), proven, { hasHandle: false })), 'passkey_unknown')
  })

  test('of a passkey that may be copied all at once, or no longer may, is refused (K12)', async () => {
    for (const isBackupEligible of [false, true]) {
      const device = softwareAuthenticator({ isBackupEligible })
      const proven = await provenOf(device)
      const other = device.sign(toSign, { flags: { backupEligible: !isBackupEligible } })
      assert.equal(reasonOf(await judged(other, proven)), 'passkey_refused')
      assert.equal(reasonOf(await judged(device.sign(toSign), proven)), 'right')
    }
    assert.equal(await signedIn({ flags: { backedUp: true } }), 'passkey_refused', 'backed up, though it can’t be')
  })

  test('whose counter fell or stood still is right, and its owner hears of it (K12)', async () => {
    const device = softwareAuthenticator()
    const proven = await provenOf(device)
    const noticeAt = async (counter: number, stored: number) => {
      const result = await judged(device.sign(toSign, { counter }), { ...proven, counter: stored })
      assert.ok(result.ok, `${counter} after ${stored} is right`)
      return result.notice
    }
    for (const [counter, stored] of [
      [0, 0],
      [1, 0],
      [7, 6],
      [2 ** 32 - 1, 2 ** 31],
    ] as const)
      assert.equal(await noticeAt(counter, stored), undefined, `${counter} after ${stored}`)
    for (const [counter, stored] of [
      [0, 1],
      [5, 5],
      [4, 5],
      [1, 2 ** 32 - 1],
    ] as const)
      assert.equal(await noticeAt(counter, stored), 'passkey_counter_fell', `${counter} after ${stored}`)
  })
})

const rsaOf = (bits: number) => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' })
  return Buffer.from(n ?? '', 'base64url')
}
const key = (...entries: [number, Cbor][]) => new Map<number, Cbor>(entries)
const point = softwareAuthenticator().publicKey
const [x, y] = [point.get(-2) ?? '', point.get(-3) ?? '']
const USUAL = Buffer.from([1, 0, 1])

const BAD_KEYS: Record<string, Cbor> = {
  'ES384, which is not offered': key([1, 2], [3, -35], [-1, 2], [-2, randomBytes(48)], [-3, randomBytes(48)]),
  'RS1, which is not offered': key([1, 3], [3, -65535], [-1, rsaOf(2048)], [-2, USUAL]),
  'ML-DSA-65, which is not offered': key([1, 7], [3, -49], [-1, randomBytes(1952)]),
  'ES256 with another kind of key': key([1, 1], [3, -7], [-1, 6], [-2, x]),
  'a point that is on no curve': key([1, 2], [3, -7], [-1, 1], [-2, x], [-3, Buffer.alloc(32, 7)]),
  'a coordinate too few': key([1, 2], [3, -7], [-1, 1], [-2, x]),
  'a coordinate too long': key([1, 2], [3, -7], [-1, 1], [-2, randomBytes(33)], [-3, y]),
  'RSA of 1,024 bits': key([1, 3], [3, -257], [-1, rsaOf(1024)], [-2, USUAL]),
  'RSA of 16,384 bits': key([1, 3], [3, -257], [-1, randomBytes(2048)], [-2, USUAL]),
  'RSA with a huge exponent': key([1, 3], [3, -257], [-1, rsaOf(2048)], [-2, randomBytes(256)]),
  'no algorithm': key([1, 2], [-1, 1], [-2, x], [-3, y]),
  'no key but a text': 'key',
}

const deep = (levels: number, byte: number) => Buffer.alloc(levels, byte)
const BOMBS: Record<string, Buffer> = {
  'six thousand lists in each other': deep(6000, 0x81),
  'a list said to have four billion things': Buffer.from('9affffffff', 'hex'),
  'a list of six thousand things': Buffer.concat([Buffer.from('991770', 'hex'), Buffer.alloc(6000)]),
  'bytes said to be 2^53 long': Buffer.from('5b0020000000000000', 'hex'),
  'a map of a thousand keys': cbor(new Map(Array.from({ length: 1000 }, (_, at) => [at, at] as const))),
  'a list without an end': deep(6000, 0x9f),
  'tags in tags': deep(6000, 0xc1),
  'nothing at all': Buffer.alloc(0),
}

describe('an answer at registration', () => {
  for (const [where, instead] of Object.entries(ELSEWHERE))
    test(`from ${where} is refused (K03)`, async () =>
      assert.equal(await registered(softwareAuthenticator(), instead), 'passkey_refused'))

  test('to another challenge is refused, and so is one of a device that nobody touched (K02, K04)', async () => {
    const device = softwareAuthenticator()
    assert.equal(await registered(device, { challenge: challengeOf('another') }), 'passkey_expired')
    assert.equal(await registered(device, { flags: { present: false } }), 'passkey_refused')
  })

  test('under another id than its device signed is refused (K05)', async () => {
    const device = softwareAuthenticator()
    const answer = JSON.parse(device.register(toRegister))
    const other = softwareAuthenticator().id
    assert.equal(reasonOf(await enrol({ ...answer, id: other, rawId: other })), 'passkey_refused')
    assert.equal(reasonOf(await enrol({ ...answer, rawId: other })), 'passkey_refused')
    assert.equal(reasonOf(await enrol(answer)), 'right', 'an object is as good as its text')
  })

  for (const [what, publicKey] of Object.entries(BAD_KEYS))
    test(`with ${what} is refused (K07)`, async () =>
      assert.equal(await registered(softwareAuthenticator(), { publicKey }), 'passkey_refused'))

  test('with the largest RSA key that is good is taken, and signs in (K07)', async () => {
    const { n } = generateKeyPairSync('rsa', { modulusLength: 4096 }).publicKey.export({ format: 'jwk' })
    const publicKey = key([1, 3], [3, -257], [-1, Buffer.from(n ?? '', 'base64url')], [-2, USUAL])
    assert.equal(await registered(softwareAuthenticator(), { publicKey }), 'right')
  })

  test('with an attestation is judged without it (K07)', async () => {
    for (const [format, statement] of [
      ['packed', new Map<string, Cbor>([['x5c', [randomBytes(900)]]])],
      ['tpm', new Map<string, Cbor>([['certInfo', randomBytes(100)]])],
      ['nothing that anybody knows', new Map()],
    ] satisfies [string, Cbor][])
      assert.equal(await registered(softwareAuthenticator(), { format, statement }), 'right')
  })

  test('with an id of 1,023 bytes is refused in words, and one of 600 is taken', async () => {
    assert.equal(await registered(softwareAuthenticator({ idLength: 1023 })), 'passkey_too_large')
    assert.equal(await registered(softwareAuthenticator({ idLength: 600 })), 'right')
    assert.equal(await registered(softwareAuthenticator({ idLength: 1024 })), 'passkey_refused', 'longer than allowed')
  })
})

describe('what is no answer at all', () => {
  const device = softwareAuthenticator()
  const answer = JSON.parse(device.register(toRegister))
  const withObject = (attestationObject: string) => ({ ...answer, response: { ...answer.response, attestationObject } })
  const odd: [string, unknown][] = [
    ...Object.entries(BOMBS).map(([what, bomb]): [string, unknown] => [what, withObject(bomb.toString('base64url'))]),
    ...Object.entries(BOMBS).map(([what, bomb]): [string, unknown] => [
      `${what}, as key`,
      device.register(toRegister, { authenticatorData: Buffer.concat([authDataWith(bomb)]) }),
    ]),
    ['64 KiB of attestation', withObject(randomBytes(48_000).toString('base64url'))],
    ['attestation just below what is looked at', withObject(randomBytes(6000).toString('base64url'))],
    ['JSON in itself', '['.repeat(30_000)],
    ['base64 of another alphabet', withObject('+/==')],
    ['a number', 1],
    ['nothing', null],
    ['an empty text', ''],
    ['a list', []],
    ['client data that is no JSON', { ...answer, response: { ...answer.response, clientDataJSON: 'AAAA' } }],
  ]

  for (const [what, passkey] of odd)
    test(`${what} is refused at once, and is no fault of ours (K07)`, async () => {
      const times: number[] = []
      for (const _ of [1, 2, 3]) {
        const { result, took } = await inTime(() => enrol(passkey))
        assert.equal(reasonOf(result), 'passkey_refused')
        times.push(took)
      }
      assert.ok(Math.min(...times) < 50, `it took ${times} ms`)
    })
})

/** Authenticator data whose key is what a bomb is. */
function authDataWith(publicKey: Buffer): Buffer {
  const head = Buffer.alloc(37)
  head[32] = 0x41 // touched, and with a credential
  return Buffer.concat([head, Buffer.alloc(16), Buffer.from([0, 4]), Buffer.from('abcd'), publicKey])
}

async function inTime<Result>(run: () => Promise<Result>): Promise<{ result: Result; took: number }> {
  const before = performance.now()
  const result = await run()
  return { result, took: performance.now() - before }
}
