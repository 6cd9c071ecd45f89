import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { runProgram } from '#testing/programs.ts'

describe('what starts where such a file lies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-env-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'not-a.db'), 'this is no database, but a text of more than sixteen bytes\n'.repeat(20))
  mkdirSync(join(folder, 'a-folder'))

  const SEED = ['cli/latchkey.ts', 'seed'] // the one command that makes a database
  /** The program in that folder, as an operator runs it there. */
  async function run([entry = '', ...args]: string[], environment: Record<string, string> = {}) {
    const { status, err } = await runProgram(entry, { environment, args, folder })
    return { status, said: err }
  }
  const write = (file: string, bytes: Uint8Array | string) => writeFileSync(join(folder, file), bytes)

  test('with a byte order mark in it opens the database that its first line names, and makes no other', async () => {
    write('.env', '\ufeffDATABASE_URL=file:ours.db\n')
    assert.deepEqual(await run(SEED), { status: 0, said: '' })
    assert.deepEqual([existsSync(join(folder, 'ours.db')), existsSync(join(folder, 'data'))], [true, false])
  })

  test('in another encoding does not start, server or command, and makes no database', async () => {
    write('.env', Buffer.from('DATABASE_URL=file:lost.db\n', 'utf16le'))
    for (const program of [['app/process/server.ts'], SEED])
      assert.deepEqual(await run(program), {
        status: 1,
        said: 'Latchkey did not start: .env looks like UTF-16, and must be saved as UTF-8.\n',
      })
    assert.ok(!existsSync(join(folder, 'data')), 'no database was made')
  })

  test('takes the file that ENV_FILE names in its place, and says so where that is missing', async () => {
    write('other.env', 'DATABASE_URL=file:other.db\n')
    assert.equal((await run(SEED, { ENV_FILE: join(folder, 'other.env') })).status, 0)
    assert.ok(existsSync(join(folder, 'other.db')), 'its database')
    const missing = await run(SEED, { ENV_FILE: '/nowhere/latchkey.env' })
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
    test(`and names ${what} as the database says which file and why in a sentence, without a stack`, async () => {
      write('.env', `DATABASE_URL=${url}\n`)
      const where = join(realpathSync(folder), url.slice('file:'.length))
      const sentence = `The database of DATABASE_URL, ${where}, can't be used: ${cause}.\n`
      assert.deepEqual(await run(SEED), { status: 1, said: `Nothing was done. ${sentence}` })
    })
})
