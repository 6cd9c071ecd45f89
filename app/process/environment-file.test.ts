import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { environmentIn } from './environment-file.ts'

const TEXT = '# Ours\nBASE_URL=https://accounts.example.com\nISSUER="Zoë & Söhne"\n\nPORT=3001 # beside another\n'
const SETTINGS = { BASE_URL: 'https://accounts.example.com', ISSUER: 'Zoë & Söhne', PORT: '3001' }
const read = (bytes: Uint8Array) => environmentIn(bytes, '.env')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')

describe('a file of settings', () => {
  test('in UTF-8 is read with a byte order mark as without, and its first line is not lost', () => {
    assert.deepEqual({ ...read(Buffer.from(TEXT)) }, SETTINGS)
    assert.deepEqual({ ...read(Buffer.from(`\ufeff${TEXT}`)) }, SETTINGS)
    const first = 'DATABASE_URL=postgres://a:b@127.0.0.1/c'
    assert.deepEqual(Object.keys(read(Buffer.from(`\ufeff${first}`))), ['DATABASE_URL'])
  })

  test('is the same with the line ends of any system', () => {
    for (const end of ['\r\n', '\r']) assert.deepEqual({ ...read(Buffer.from(TEXT.replaceAll('\n', end))) }, SETTINGS)
  })

  test('in UTF-16 is refused in a sentence, with a mark and without, whichever byte comes first', () => {
    for (const bytes of [utf16(TEXT), utf16(`\ufeff${TEXT}`), utf16(TEXT).swap16(), utf16(`\ufeff${TEXT}`).swap16()])
      assert.throws(() => read(bytes), { message: '.env looks like UTF-16, and must be saved as UTF-8.' })
  })

  test('in Latin-1 is refused in a sentence that names the line', () => {
    assert.throws(() => read(Buffer.from(TEXT, 'latin1')), {
      message: '.env must be saved as UTF-8: line 3 has characters in another encoding.',
    })
  })

  test('with a # in a value, where a comment would cut it off, is refused in a sentence that names the line', () => {
    const url = 'SMTP_URL=smtp://user:12#ss@mail.example.com'
    assert.throws(
      () => read(Buffer.from(`# ours\n${url}\n`)),
      /^Error: Line 2 of \.env has a # inside its value[^.]*quotes\.$/,
    )
    assert.deepEqual(
      { ...read(Buffer.from(url.replace('=', '="').concat('"'))) },
      { SMTP_URL: 'smtp://user:12#ss@mail.example.com' },
    )
  })
})
