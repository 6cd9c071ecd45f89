import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Refused } from '../command/command.ts'

export type TextFile = { name: string; text: string }

const MIB_AT_MOST = 64

/** A file of an operator's, without the mark that some editors put in front. `Refused` where it can't be read as text. */
export async function readTextFile(path: string): Promise<TextFile> {
  const bytes = await read(path)
  const text = bytes.includes(0) ? undefined : decoded(bytes)
  if (text === undefined) throw new Refused(`${path} isn't text in UTF-8. Nothing was done.`)
  if (text.trim() === '') throw new Refused(`${path} is empty. Nothing was done.`)
  return { name: basename(path), text }
}

async function read(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > MIB_AT_MOST * 1024 * 1024)
      throw new Refused(`${path} has more than ${MIB_AT_MOST} MiB. Take it in parts. Nothing was done.`)
    return await readFile(path)
  } catch (error) {
    if (error instanceof Refused) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Refused(`${WHY_NOT[code]?.(path) ?? `${path} can't be read (${code}).`} Nothing was done.`)
  }
}

const WHY_NOT: Record<string, (path: string) => string> = {
  ENOENT: (path) => `There is no file ${path}.`,
  ENOTDIR: (path) => `There is no file ${path}.`,
  EISDIR: (path) => `${path} is a folder.`,
  EACCES: (path) => `You may not read ${path}.`,
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
