import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { runProgram } from '../command/program.ts'
import { imports } from '../import.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-import-'))
after(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'a-folder'))
for (const [name, content] of [
  ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0x20])],
  ['latin', Buffer.from([0x63, 0x61, 0x66, 0xe9])],
  ['empty', '\ufeff \n'],
  ['broken.yml', "users:\n  ann:\n    password: 'my secret\n   x: ["],
  ['other.yml', 'services:\n  web: {}\n'],
  ['nobody.yml', 'users: {}\n'],
] as const)
  writeFileSync(join(folder, name), content)

/** Without a database: what is wrong with a file is said before one is opened. */
async function typed(...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const output = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) }
  const status = await runProgram(words, { import: async () => imports }, { ...output, ask: undefined })
  return { status, out: out.join('\n'), err: err.join('\n').replaceAll(`${folder}/`, '') }
}

describe('what can’t be imported', () => {
  for (const [words, status, sentence] of [
    ['accounts', 2, /^FILE is missing\. Usage: latchkey import accounts FILE \[--write\] \[--reason TEXT\]$/],
    ['authelia', 2, /^USERS is missing\. Usage/],
    ['ldap x', 2, /^There is no command import ldap: import authelia, import accounts\.$/],
    ['accounts binary --yes', 2, /^There is no option --yes\./],
    ['accounts missing', 1, /^There is no file missing\. Nothing was done\.$/],
    ['authelia binary/x', 1, /^There is no file binary\/x\. Nothing was done\.$/],
    ['authelia a-folder', 1, /^a-folder is a folder\. Nothing was done\.$/],
    ['accounts binary', 1, /^binary isn't text in UTF-8\. Nothing was done\.$/],
    ['accounts latin', 1, /^latin isn't text in UTF-8\. Nothing was done\.$/],
    ['accounts empty', 1, /^empty is empty\. Nothing was done\.$/],
    ['authelia broken.yml', 1, /^broken\.yml:\d isn't YAML \([A-Z_]+\)\. Nothing was done\.$/],
    ['authelia other.yml', 1, /^other\.yml has no users\. Nothing was done\.$/],
    ['authelia nobody.yml', 1, /^nobody\.yml has no users\. Nothing was done\.$/],
    ['authelia nobody.yml other.yml', 1, /^other\.yml has no authenticators\. Nothing was done\.$/],
  ] as const)
    test(`${words}: ends with ${status} and a sentence`, async () => {
      const [verb = '', ...files] = words.split(' ')
      const paths = files.map((file) => (file.startsWith('--') ? file : join(folder, file)))
      const { status: code, out, err } = await typed('import', verb, ...paths, '--write')
      assert.deepEqual([code, out], [status, ''])
      assert.match(err, sentence)
      assert.doesNotMatch(err, /secret/)
    })
})
