import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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
 * `mayCreate` is false where data that was sealed with keys exists already: a new key would open none of it.
 */
export function keysInFile(file: string, mayCreate: boolean): MasterKey[] {
  if (!existsSync(file)) {
    if (!mayCreate)
      throw new Error(
        `The key file ${file} is missing, and the database has data sealed with it. Restore it from your backup.`,
      )
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `k1:${encodeBase64(randomBytes(32))}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600) // whatever the umask says
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new Error(`The key file ${file} can be read by others. Run: chmod 600 ${file}`)
  return parseKeys(readFileSync(file, 'utf8'))
}
