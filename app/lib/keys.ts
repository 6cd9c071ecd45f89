import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { decodeBase64IgnorePadding, encodeBase64 } from '@oslojs/encoding'
import type { MasterKey } from './vault.ts'

/**
 * Reads `id:base64,id:base64` (newest first; commas or new lines between them).
 * Throws a sentence an operator understands.
 */
export function parseKeys(text: string): MasterKey[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [id = '', base64 = ''] = entry.split(/:(.*)/s)
      if (!/^[A-Za-z0-9_-]{1,16}$/.test(id))
        throw new Error('Each key needs an id of 1 to 16 letters, digits, - or _, as in k1:base64.')
      let key: Uint8Array
      try {
        key = decodeBase64IgnorePadding(base64)
      } catch {
        throw new Error(`Key ${id} is not base64.`)
      }
      if (key.length !== 32) throw new Error(`Key ${id} must be 32 bytes in base64; it is ${key.length}.`)
      return { id, key }
    })
  if (keys.length === 0) throw new Error('There is no key in it.')
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw new Error('Two keys have the same id.')
  return keys
}

/**
 * The keys in `file`; makes the file, readable by its owner alone, at the first start.
 * `mayCreate` is false if sealed data already exists, because a new key would open none of it.
 */
export function keysInFile(file: string, mayCreate: boolean): MasterKey[] {
  if (!existsSync(file)) {
    if (!mayCreate)
      throw new Error(
        `The key file ${file} is missing, and the database has data sealed with it. Restore it from your backup.`,
      )
    makeKeyFile(file)
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new Error(`The key file ${file} can be read by others. Run: chmod 600 ${file}`)
  return parseKeys(readFileSync(file, 'utf8'))
}

/**
 * Makes the file whole or not at all, and never replaces one. Processes that start together all read what the first of them
 * made. The file is on disk before anything is sealed with it.
 */
function makeKeyFile(file: string) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(8).toString('hex')}.draft`
  try {
    writeFileSync(draft, `k1:${encodeBase64(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx', flush: true })
    chmodSync(draft, 0o600) // whatever the umask says
    place(draft, file)
    flushFolder(dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Links instead of renaming, because it has to fail if the file exists. Not every file system has links. */
function place(draft: string, file: string) {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!/^(EPERM|ENOTSUP|ENOSYS)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(draft, file, constants.COPYFILE_EXCL)
  }
}

function flushFolder(folder: string) {
  if (process.platform === 'win32') return // which has no such thing
  const opened = openSync(folder, 'r')
  fsyncSync(opened)
  closeSync(opened)
}
