import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeBase32UpperCaseNoPadding } from '@oslojs/encoding'
import { readOtpauth } from './otpauth.ts'
import { totpKind } from './wire.ts'

const { fromElsewhere } = totpKind({ issuer: 'Latchkey' })
const key = (bytes: number) => encodeBase32UpperCaseNoPadding(Buffer.alloc(bytes, 7))
const address = (query: string) => `otpauth://totp/Example%20Site:ada?${query}`
const reasonOf = (text: string) => {
  const read = fromElsewhere?.(text)
  return read && (read.ok ? 'taken' : read.reason)
}

describe('the address of an authenticator from elsewhere', () => {
  test('gives its secret, however it is written', () => {
    for (const query of [
      `secret=${key(20)}`,
      `algorithm=SHA1&digits=6&issuer=Example+Site&period=30&secret=${key(20)}`,
      `secret=${key(20).toLowerCase()}&algorithm=sha1`,
      `secret=${encodeURIComponent(`${key(20)}======`)}`,
      `secret=${key(20).replace(/.{4}/g, '$&+')}`,
    ])
      assert.deepEqual(fromElsewhere?.(address(query)), {
        ok: true,
        proven: { secret: new Uint8Array(20).fill(7), counter: -1 },
      })
  })

  test('is refused where its codes are none that we can judge', () => {
    const good = `secret=${key(20)}`
    for (const other of [
      'algorithm=SHA256',
      'algorithm=SHA512',
      'digits=8',
      'period=60',
      'digits=',
      'digits=6&digits=8',
    ])
      assert.equal(reasonOf(address(`${good}&${other}`)), 'other_device', other)
    assert.equal(reasonOf(`otpauth://hotp/ada?${good}&counter=1`), 'other_device')
  })

  test('is refused where its secret is shorter than RFC 4226 allows, or longer than our library takes', () => {
    for (const bytes of [16, 20, 32, 64]) assert.equal(reasonOf(address(`secret=${key(bytes)}`)), 'taken')
    for (const bytes of [0, 1, 10, 15, 65]) {
      const reason = reasonOf(address(`secret=${key(bytes)}`))
      assert.equal(reason, 'weak_device', `${bytes}`)
    }
  })

  test('is refused where it can’t be read, and nobody else’s kind of address is looked at', () => {
    for (const text of [
      ...[
        'otpauth:',
        'otpauth://totp/ada',
        `otpauth://totp/%E0%A4?secret=${key(20)}`,
        `otpauth://steam/ada?secret=${key(20)}`,
      ],
      ...[
        address(''),
        address('secret=0189'),
        address(`secret=${key(20)}&secret=${key(20)}`),
        address('secret=MF%00RGG'),
      ],
    ])
      assert.equal(reasonOf(text), 'unreadable_device', text)
    for (const text of ['', 'https://example.com', 'webauthn:x']) assert.equal(reasonOf(text), undefined, text)
  })

  test('names whose it is', () => {
    assert.equal(readOtpauth(address('secret=x'))?.label, 'Example Site:ada')
    assert.equal(readOtpauth('otpauth://totp/ada%40example.com?secret=x')?.label, 'ada@example.com')
  })
})
