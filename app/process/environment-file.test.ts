import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
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

describe('what starts where such a file lies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-env-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'not-a.db'), 'this is no database, but a text of more than sixteen bytes\n'.repeat(20))
  mkdirSync(join(folder, 'a-folder'))

  /** The script in that folder, as an operator runs it there. */
  function run(program: string, environment: Record<string, string> = {}) {
    const args = ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL(`../../${program}`, import.meta.url))]
    const env = { PATH: process.env.PATH ?? '', ...environment }
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
    return { status, said: stderr }
  }
  const write = (file: string, bytes: Uint8Array | string) => writeFileSync(join(folder, file), bytes)

  test('with a byte order mark in it opens the database that its first line names, and makes no other', () => {
    write('.env', '\ufeffDATABASE_URL=file:ours.db\n')
    assert.deepEqual(run('cli/after-restore.ts'), { status: 0, said: '' })
    assert.deepEqual([existsSync(join(folder, 'ours.db')), existsSync(join(folder, 'data'))], [true, false])
  })

  test('in another encoding does not start, server or script, and makes no database', () => {
    write('.env', utf16('DATABASE_URL=file:lost.db\n'))
    for (const program of ['app/process/server.ts', 'tools/seed.ts'])
      assert.deepEqual(run(program), {
        status: 1,
        said: 'Latchkey did not start: .env looks like UTF-16, and must be saved as UTF-8.\n',
      })
    assert.ok(!existsSync(join(folder, 'data')), 'no database was made')
  })

  test('takes the file that ENV_FILE names in its place, and says so where that is missing', () => {
    write('other.env', 'DATABASE_URL=file:other.db\n')
    assert.equal(run('cli/after-restore.ts', { ENV_FILE: join(folder, 'other.env') }).status, 0)
    assert.ok(existsSync(join(folder, 'other.db')), 'its database')
    const missing = run('cli/after-restore.ts', { ENV_FILE: '/nowhere/latchkey.env' })
    assert.deepEqual(missing, {
      status: 1,
      said: "Latchkey did not start: /nowhere/latchkey.env can't be read (ENOENT).\n",
    })
  })

  for (const [what, url, cause] of [
    ['no database', 'file:not-a.db', 'the file is no SQLite database (SQLITE_NOTADB)'],
    ['a folder', 'file:a-folder', 'it is no file that this user can open and write to (SQLITE_CANTOPEN)'],
    ['a file in a file', 'file:not-a.db/x.db', 'it is no file that this user can open and write to (EEXIST)'],
  ] as const)
    test(`and names ${what} as the database says which file and why in a sentence, without a stack`, () => {
      write('.env', `DATABASE_URL=${url}\n`)
      const where = join(realpathSync(folder), url.slice('file:'.length))
      const sentence = `The database of DATABASE_URL, ${where}, can't be used: ${cause}.\n`
      assert.deepEqual(run('cli/after-restore.ts'), { status: 1, said: `Nothing was done. ${sentence}` })
    })
})
