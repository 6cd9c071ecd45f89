import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { type Cbor, cbor } from '#testing/cbor.ts'
import { BASE_URL } from '#testing/names.ts'
import { type Algorithm, type Instead, softwareAuthenticator } from '#testing/software-authenticator.ts'
import { passkeyKind } from './wire.ts'

// What Yubico's libfido2 says of the same answers: it verifies them by itself.
const kind = passkeyKind({ issuer: 'Latchkey', baseUrl: BASE_URL })
const RP_ID = new URL(BASE_URL).hostname
const TYPES = { ES256: 'es256', EdDSA: 'eddsa', RS256: 'rs256' } satisfies Record<Algorithm, string>
const now = new Date('2026-03-01T12:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'passkeys-'))
after(() => rmSync(folder, { recursive: true }))

const decoded = (text: unknown) => Buffer.from(String(text), 'base64url')
const hashOf = (clientData: unknown) => createHash('sha256').update(decoded(clientData)).digest('base64')

/** The output where libfido2 agrees. */
function asked(program: 'fido2-cred' | 'fido2-assert', lines: string[], ...rest: string[]): string | undefined {
  const { status, stdout, error } = spawnSync(program, ['-V', ...rest], {
    input: `${lines.join('\n')}\n`,
    timeout: 20_000,
  })
  if (error) throw error
  return status === 0 ? stdout.toString() : undefined
}

async function registered(algorithm: Algorithm) {
  const device = softwareAuthenticator({ algorithm })
  const begun = kind.begin()
  const of = { begun, userHandle: 'aGFuZGxl', email: 'ada@example.com', displayName: null, others: [] }
  const passkey = device.register(kind.askToRegister(of))
  const enrolled = await kind.read({ passkey })?.enrol({ begun, before: null, now, isInUse: async () => false })
  assert.ok(enrolled?.ok, 'we take it')
  return { device, answer: JSON.parse(passkey), proven: enrolled.proven }
}

/** As it comes: CBOR in base64. It vouches for itself, because libfido2 verifies no credential that nobody vouches for. */
function theirView(answer: { id: string; response: Record<string, string> }, sign: (data: Buffer) => Buffer) {
  const object = decoded(answer.response.attestationObject)
  const at = object.indexOf('authData') + 'authData'.length
  const authData = object.subarray(at + (object[at] === 0x59 ? 3 : 2)) // its length takes two bytes, or one
  const hash = hashOf(answer.response.clientDataJSON)
  const signature = sign(Buffer.concat([authData, Buffer.from(hash, 'base64')])).toString('base64')
  return [hash, RP_ID, 'packed', cbor(authData).toString('base64'), decoded(answer.id).toString('base64'), signature]
}

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] satisfies Algorithm[]) {
  const { device, answer, proven } = await registered(algorithm)
  describe(`of an ${algorithm} passkey, libfido2 says the same as we do:`, () => {
    const lines = theirView(answer, device.signs)
    const type = TYPES[algorithm]
    const keyFile = join(folder, `${type}.pem`)

    test('its registration is good, and that of another site or another key is not', () => {
      const [id, ...pem] = (asked('fido2-cred', lines, type) ?? '').split('\n')
      assert.equal(id, decoded(device.id).toString('base64'))
      writeFileSync(keyFile, pem.join('\n'))
      assert.equal(asked('fido2-cred', lines.with(1, 'latchkey.example'), type), undefined)
      const other = softwareAuthenticator({ algorithm })
      assert.equal(asked('fido2-cred', theirView(answer, other.signs), type), undefined)
    })

    const answers: [string, Instead][] = [
      ['as it came', {}],
      ['by another key', { signature: softwareAuthenticator({ algorithm }).signs(Buffer.from('x')) }],
      ['for another site', { rpId: 'latchkey.example' }],
      ['without a touch', { flags: { present: false } }],
      ['from a device that makes sure of nobody', { flags: { verified: false } }],
    ]
    for (const [how, instead] of answers)
      test(`its answer ${how} ${how === 'as it came' ? 'is good' : 'is refused'}`, async () => {
        const passkey = device.sign(kind.askAlone('asked'), instead)
        const { response } = JSON.parse(passkey)
        const judged = await kind.readAlone({ passkey })?.judge({
          accountId: 1,
          factors: async () => [{ id: '1', ...proven, credentialId: proven.credentialId ?? null }],
          challenges: () => ['asked'],
          userHandle: async () => 'aGFuZGxl',
          now,
        })
        const authData: Cbor = decoded(response.authenticatorData)
        const signature = decoded(response.signature).toString('base64')
        const shown = [hashOf(response.clientDataJSON), RP_ID, cbor(authData).toString('base64'), signature]
        const theirs = asked('fido2-assert', shown, '-p', '-v', keyFile, type) !== undefined
        assert.deepEqual([judged?.ok, theirs], [how === 'as it came', how === 'as it came'])
      })
  })
}
