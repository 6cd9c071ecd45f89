import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BASE_URL } from '#testing/names.ts'
import { softwareAuthenticator } from '#testing/software-authenticator.ts'
import type { Refused } from '../../factor.ts'
import { passkeyKind } from './wire.ts'

// `PASSKEY_ANSWERS=20000 node --import tsx --test …` for the long form.
const numRuns = Number(process.env.PASSKEY_ANSWERS ?? 1000)
const kind = passkeyKind({ issuer: 'Latchkey', baseUrl: BASE_URL })
const now = new Date('2026-03-01T12:00:00Z')
const begun = kind.begin()
const HANDLE = Buffer.alloc(32, 7).toString('base64url')
const device = softwareAuthenticator({ algorithm: 'EdDSA' })
const of = { begun, userHandle: HANDLE, email: 'ada@example.com', displayName: null, others: [] }
const registration: unknown = JSON.parse(device.register(kind.askToRegister(of)))
const assertion: unknown = JSON.parse(device.sign(kind.askFor('asked', [])))

const reasonOf = (judged: { ok: true } | Refused) => (judged.ok ? 'right' : judged.refusal.reason)
const enrolled = async (passkey: unknown) => {
  const answer = kind.read({ passkey })
  return answer && (await answer.enrol({ begun, before: null, now, isInUse: async () => false }))
}
const first = await enrolled(registration)
assert.ok(first?.ok, 'the answer that is changed below is right')
const { secret, counter, credentialId = null } = first.proven

async function judged(passkey: unknown) {
  const asked = {
    accountId: 1,
    factors: async () => [{ id: 'factor', secret, counter, credentialId }],
    challenges: () => ['asked'],
    userHandle: async () => HANDLE,
    now,
  }
  const [second, alone] = [kind.read({ passkey }), kind.readAlone({ passkey })]
  return [second && (await second.judge(asked)), alone && (await alone.judge(asked))]
}

/** Texts in an answer, by the way to them. */
const TEXTS = {
  registration: [['id'], ['rawId'], ['response', 'clientDataJSON'], ['response', 'attestationObject']],
  assertion: [
    ...[['id'], ['rawId'], ['response', 'clientDataJSON'], ['response', 'authenticatorData']],
    ...[
      ['response', 'signature'],
      ['response', 'userHandle'],
    ],
  ],
}

const changedAt = (answer: unknown, [name = '', ...deeper]: string[], change: (text: string) => unknown): unknown => {
  if (typeof answer !== 'object' || answer === null) return answer
  const value: unknown = Reflect.get(answer, name)
  const changed = deeper.length > 0 ? changedAt(value, deeper, change) : change(String(value))
  return { ...answer, [name]: changed }
}

const inBytes = (text: string, change: (bytes: Buffer) => Uint8Array) =>
  Buffer.from(change(Buffer.from(text, 'base64url'))).toString('base64url')

/** What becomes of a text: bits, lengths, other bytes in the middle, another alphabet, or something that is no text. */
const change: fc.Arbitrary<(text: string) => unknown> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(
    ([at, bits]) =>
      (text: string) =>
        inBytes(text, (bytes) => {
          const index = at % Math.max(1, bytes.length)
          bytes[index] = (bytes[index] ?? 0) ^ bits
          return bytes
        }),
  ),
  fc.nat().map((at) => (text: string) => inBytes(text, (bytes) => bytes.subarray(0, at % Math.max(1, bytes.length)))),
  fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 })).map(
    ([at, more]) =>
      (text: string) =>
        inBytes(text, (bytes) => {
          const index = at % (bytes.length + 1)
          return Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)])
        }),
  ),
  fc.uint8Array({ maxLength: 6000 }).map((bytes) => () => Buffer.from(bytes).toString('base64url')),
  fc.string({ maxLength: 200 }).map((text) => () => text),
  fc.jsonValue().map((value) => () => value),
)

describe('an answer of a passkey that was changed anywhere', () => {
  test('is refused where one is registered, or taken for what its device may as well have said (K07)', async () => {
    const way = fc.constantFrom(...TEXTS.registration)
    await fc.assert(
      fc.asyncProperty(way, change, async (way, change) => {
        const result = await enrolled(changedAt(registration, way, change))
        assert.ok(result, 'it is read')
        // No signature covers a registration: a blank in its JSON, or another bit of its key, is as good as what was there.
        if (result.ok) assert.deepEqual([way[0], result.proven.credentialId], ['response', device.id])
      }),
      { numRuns },
    )
  })

  test('signs nobody in, with the password or without (K03, K07)', async () => {
    const way = fc.constantFrom(...TEXTS.assertion)
    await fc.assert(
      fc.asyncProperty(way, change, async (way, change) => {
        const changed = changedAt(assertion, way, change)
        for (const result of await judged(changed)) {
          const isSame = unchanged(assertion, way, change) || hasNoHandle(changed)
          if (result && !isSame) assert.notEqual(reasonOf(result), 'right', way.join())
        }
      }),
      { numRuns },
    )
    for (const result of await judged(assertion)) assert.equal(result && reasonOf(result), 'right')
  })

  test('or that is any text or value at all, is refused and throws nothing (K07)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.jsonValue(), fc.json()), async (passkey) => {
        const result = await enrolled(passkey)
        if (result) assert.equal(reasonOf(result), 'passkey_refused')
        for (const each of await judged(passkey)) if (each) assert.notEqual(reasonOf(each), 'right')
      }),
      { numRuns },
    )
  })
})

/** Whether a change left it as it was. */
const unchanged = (answer: unknown, way: string[], change: (text: string) => unknown) =>
  JSON.stringify(changedAt(answer, way, change)) === JSON.stringify(answer)

/** Devices may leave it out. */
function hasNoHandle(changed: unknown): boolean {
  const response: unknown = typeof changed === 'object' && changed && Reflect.get(changed, 'response')
  return typeof response === 'object' && response !== null && !Reflect.get(response, 'userHandle')
}
