import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readImportedHash } from './imported-hashes.ts'
import { createPasswords } from './passwords.ts'

const SALT = 'V6vHN4B3CG8gCN9qM0BANw'
const HASH = 'UxLT2ZxUgvNvKim//vZ8ypmht+Uos1XvSWV7620z6rw'
const argon2id = (settings: string, salt = SALT, hash = HASH) => `$argon2id$v=19$${settings}$${salt}$${hash}`
const encoded = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64').replace(/=+$/, '')
const reasonOf = (text: string) => {
  const read = readImportedHash(text)
  return read.ok ? 'taken' : read.reason
}

describe('a password hash from elsewhere', () => {
  test('is taken if it is argon2id, and everything that is taken can be checked at sign-in', async () => {
    const { verify } = createPasswords()
    const taken = [
      argon2id('m=65536,t=3,p=4'),
      argon2id('m=8,t=1,p=1', encoded(9), encoded(16)),
      argon2id('m=512,t=1,p=64', encoded(48), encoded(64)),
      argon2id('m=8,t=1024,p=1'),
      argon2id('m=8,t=1,p=1', encoded(8)),
    ]
    for (const text of taken) {
      assert.equal(reasonOf(text), 'taken', text)
      assert.equal(await verify(text, 'not this one', '192.0.2.1'), false)
    }
  })

  test('is refused where checking it would take the memory or the time of the whole server', () => {
    for (const settings of ['m=262144,t=2,p=4', 'm=131072,t=4,p=1']) assert.equal(reasonOf(argon2id(settings)), 'taken')
    for (const settings of [
      ...['m=262145,t=1,p=4', 'm=262144,t=3,p=4', 'm=4194304,t=1,p=4', 'm=4294967295,t=4294967295,p=1'],
      ...['m=520,t=1,p=65', 'm=8,t=65537,p=1'],
    ])
      assert.equal(reasonOf(argon2id(settings)), 'costly_hash', settings)
  })

  test('is refused where it is not whole: sign-in would fail on it', () => {
    for (const text of [
      ...['m=65536,t=3', 'm=65536,t=3,p=0', 'm=65536,t=0,p=1', 'm=31,t=3,p=4', 'm=08,t=1,p=1', 't=3,m=65536,p=4'].map(
        (settings) => argon2id(settings),
      ),
      ...[
        argon2id('m=8,t=1,p=1', encoded(7)),
        argon2id('m=8,t=1,p=1', SALT, encoded(15)),
        '$argon2id$',
        '$argon2id$v=19',
      ],
      ...[argon2id('m=8,t=1,p=1').replace('v=19', 'v=16'), argon2id('m=8,t=1,p=1').replace('$v=19', '')],
      ...[
        `${argon2id('m=8,t=1,p=1')}\n`,
        ` ${argon2id('m=8,t=1,p=1')}`.trimStart().concat('='),
        argon2id('m=8,t=1,p=1', `${SALT}x`),
      ],
    ])
      assert.equal(reasonOf(text), 'damaged_hash', text)
  })

  test('of another kind is told from a password in plain text, and neither is taken', () => {
    for (const hash of [
      ...[
        '$2b$12$KIXxkq0Zf7oJ',
        '$6$rounds=50000$x$y',
        '$5$x$y',
        '$pbkdf2-sha512$310000$x$y',
        '$scrypt$ln=16,r=8,p=1$x$y',
      ],
      ...[
        '$argon2i$v=19$m=65536,t=3,p=4$x$y',
        '$argon2d$v=19$m=65536,t=3,p=4$x$y',
        '$bcrypt-sha256$x',
        '{SSHA}x',
        '{CRYPT}$6$x',
      ],
    ])
      assert.equal(reasonOf(hash), 'other_hash', hash)
    for (const plain of [
      'violet kettle marches north',
      '',
      '$',
      'argon2id',
      ' $2b$12$x',
      '5f4dcc3b5aa765d61d8327deb882cf99',
    ])
      assert.equal(reasonOf(plain), 'plain_password', plain)
  })
})
