import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { builtProgram, latchkey, signedUp, withTwoFactor } from '#testing/index.ts'
import { keysInFile, parseKeys } from './keys.ts'

const base64 = (bytes: number) => randomBytes(bytes).toString('base64')

describe('LATCHKEY_KEYS', () => {
  test('are read newest first, with commas, spaces or new lines between them', () => {
    const [a, b, c] = [base64(32), base64(32), base64(32)]
    const keys = parseKeys(`k3:${a}, k2:${b}\nk1:${c.replaceAll('=', '')}\n`)
    assert.deepEqual(
      keys.map(({ id }) => id),
      ['k3', 'k2', 'k1'],
    )
    assert.deepEqual(
      keys.map(({ key }) => Buffer.from(key).toString('base64')),
      [a, b, c],
    )
  })

  const malformed: [string, string, RegExp][] = [
    ['nothing', ' \n', /no key/],
    ['no id', base64(32).replace(/^/, ':'), /id of 1 to 16/],
    ['an id too long', `${'k'.repeat(17)}:${base64(32)}`, /id of 1 to 16/],
    ['an id with a dot, which divides sealed values', `k.1:${base64(32)}`, /id of 1 to 16/],
    ['no key behind the id', 'k1:', /32 bytes/],
    ['what is not base64', `k1:${'*'.repeat(44)}`, /k1 is not base64/],
    ['31 bytes', `k1:${base64(31)}`, /32 bytes in base64; it is 31/],
    ['33 bytes', `k1:${base64(33)}`, /32 bytes in base64; it is 33/],
    ['one id twice', `k1:${base64(32)},k1:${base64(32)}`, /same id/],
  ]
  for (const [what, text, sentence] of malformed)
    test(`are refused in a sentence that does not repeat the key: ${what}`, () => {
      const secret = text.split(':')[1]?.slice(0, 20)
      assert.throws(
        () => parseKeys(text),
        ({ message }: Error) =>
          sentence.test(message) && message.endsWith('.') && !(secret && message.includes(secret)),
      )
    })
})

describe('the key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'))
  after(() => rmSync(folder, { recursive: true }))
  let files = 0
  const newFile = () => join(folder, `in/${++files}`, 'latchkey.keys')

  test('is made at the first start with mode 0600, whatever the umask, and read at the next', () => {
    for (const umask of [0o000, 0o022, 0o777 & ~0o700]) {
      const file = newFile()
      const before = process.umask(umask)
      const made = keysInFile(file, true)
      process.umask(before)
      assert.equal(statSync(file).mode & 0o777, 0o600)
      assert.equal(statSync(join(file, '..')).mode & 0o077, 0, 'its folder is nobody else’s either')
      assert.equal(made.length, 1)
      assert.equal(made[0]?.key.length, 32)
      assert.deepEqual(keysInFile(file, false), made)
    }
    assert.notDeepEqual(keysInFile(newFile(), true)[0]?.key, keysInFile(newFile(), true)[0]?.key)
  })

  test('is refused when others can read it, and says what to run (A74)', () => {
    for (const mode of [0o604, 0o640, 0o660, 0o644, 0o606, 0o601]) {
      const file = newFile()
      keysInFile(file, true)
      chmodSync(file, mode)
      assert.throws(() => keysInFile(file, true), new RegExp(`can be read by others\\. Run: chmod 600 ${file}`))
    }
  })

  test('missing while there is sealed data is no reason to make another (A74)', () => {
    const file = newFile()
    assert.throws(() => keysInFile(file, false), /is missing, and the database has data sealed with it/)
    assert.ok(!existsSync(file))
  })

  test('malformed is refused and left as it is (A74)', () => {
    const file = newFile()
    keysInFile(file, true)
    for (const content of ['', 'k1', 'k1:short\n']) {
      writeFileSync(file, content)
      assert.throws(() => keysInFile(file, true), Error)
      assert.equal(readFileSync(file, 'utf8'), content)
    }
  })

  test('is one and the same for processes that start together on an empty folder (A74)', async () => {
    const files = Array.from({ length: 40 }, newFile)
    const found = await keysInEach(4, files)
    const right = files.map((file) => Buffer.from(keysInFile(file, false)[0]?.key ?? []).toString('base64'))
    assert.deepEqual(found, Array(4).fill(right))
    for (const file of files) assert.deepEqual(readdirSync(dirname(file)), ['latchkey.keys'], 'nothing is left beside')
  })

  test('may be made again as long as no second factor was ever sealed, and not after (A74)', async () => {
    const product = await latchkey()
    await signedUp(product)
    assert.equal(await product.deps.housekeeping.hasSealedData(), false)
    await withTwoFactor(product)
    assert.equal(await product.deps.housekeeping.hasSealedData(), true)
    await product.close()
  })
})

const program = (keys: string) => `
  import { keysInFile } from '${pathToFileURL(keys).href}'
  process.once('message', ({ files, begin }) => {
    const found = files.map((file, index) => {
      while (Date.now() < begin + 20 * index); // all at the same moment
      try {
        return Buffer.from(keysInFile(file, true)[0].key).toString('base64')
      } catch (error) {
        return error.message
      }
    })
    process.send(found, () => process.exit())
  })
  process.send('ready')`

/** What each of this many processes finds in files that nobody made before. */
async function keysInEach(processes: number, files: string[]): Promise<unknown[]> {
  const keys = await builtProgram('app/lib/keys.ts')
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program(keys)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const heard = () => Promise.all(children.map(async (child) => (await once(child, 'message'))[0]))
  await heard()
  const found = heard()
  const begin = Date.now() + 100
  for (const child of children) child.send({ files, begin })
  return found
}
