import { isUtf8 } from 'node:buffer'
import { parseEnv } from 'node:util'

/**
 * The settings in a file such as `.env`. `name` is what its sentences call it. A byte order mark isn't part of the first name.
 * Anything but UTF-8 is refused: read as UTF-8, it would lose settings, and the server would start with others.
 */
export function environmentIn(bytes: Uint8Array, name: string): Record<string, string> {
  if (bytes.includes(0)) throw new Error(`${name} looks like UTF-16, and must be saved as UTF-8.`)
  const lines = decoded(bytes, name).split(/\r\n?|\n/)
  const cut = lines.findIndex((line) => LOSES_ITS_END.test(line))
  if (cut >= 0)
    throw new Error(
      `Line ${cut + 1} of ${name} has a # inside its value, where a comment would begin: put the value in quotes.`,
    )
  return parseEnv(lines.join('\n')) as Record<string, string>
}

/** NAME=value without quotes, and a # in it that has no blank before it. */
const LOSES_ITS_END = /^\s*(export\s+)?\w+\s*=\s*[^\s'"`#][^#]*[^\s#]#/

/** Decoded line by line, so the sentence can say where. No line of UTF-8 ends within a character. */
function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const before = Buffer.from(bytes).toString('latin1').split('\n')
    const line = before.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1'))) + 1
    throw new Error(`${name} must be saved as UTF-8: line ${line} has characters in another encoding.`)
  }
}
