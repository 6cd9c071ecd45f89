import type { Import, ImportedRow } from '#app/operators/import/import.ts'
import type { Refusal, RefusalReason } from '#app/operators/import/people.ts'
import type { Outcome } from '../command/command.ts'
import { table } from '../command/table.ts'

/** What became of each row, or would. It says nothing of what is secret in the file. */
export function report({ rows, groupsMade }: Import, written: boolean): Outcome {
  const many = { made: 0, there_already: 0, refused: 0 }
  for (const { outcome } of rows) many[outcome]++
  const { made, there_already, refused } = many
  const groups =
    groupsMade.length > 0 ? [`${written ? 'New groups' : 'It makes groups'}: ${groupsMade.join(', ')}`] : []
  const counts = `${made} ${written ? 'made' : 'to make'}, ${there_already} there already, ${refused} refused.`
  return {
    said: [
      table(
        ['LINE', 'ACCOUNT', ''],
        rows.map((row) => [row.at, shown(row.name), saidOf(row, written)]),
      ),
      '',
      ...groups,
      written ? counts : `${counts} Nothing was written: this was a dry run. Add --write to make them.`,
    ].join('\n'),
    data: {
      written,
      counts: { made, thereAlready: there_already, refused },
      groupsMade,
      rows: rows.map(dataOf),
    },
    isNo: refused > 0,
  }
}

function saidOf(row: ImportedRow, written: boolean): string {
  if (row.outcome === 'refused') return `refused: ${sentence(row.refusal)}`
  if (row.outcome === 'there_already') return 'is there already, and stays as it is'
  const { person } = row
  return [
    `${written ? 'made' : 'to make'}: ${person.email}`,
    person.device ? 'with the authenticator' : 'without a second factor',
    ...(person.suspendedFor === undefined ? [] : ['suspended']),
    ...(person.groups.length > 0 ? [`in ${person.groups.map(({ name }) => name).join(', ')}`] : []),
  ].join(', ')
}

function dataOf(row: ImportedRow): object {
  const { at, name, outcome } = row
  if (outcome === 'refused') return { at, name: shown(name), outcome, ...row.refusal, why: sentence(row.refusal) }
  const { email, username = null, device, groups, suspendedFor = null } = row.person
  return { at, name: shown(name), outcome, email, username, authenticator: device !== undefined, groups, suspendedFor }
}

/** What a file calls somebody, safe for a terminal. */
const shown = (text: string) => text.replace(/\p{C}/gu, '?').slice(0, 80)

const sentence = ({ reason, about = '' }: Refusal): string => SENTENCES[reason].replace('…', () => shown(about))

const NEW_PASSWORD = 'They need a new password: latchkey account create mails a link.'

const SENTENCES: Record<RefusalReason, string> = {
  no_address: "The email isn't an email address.",
  other_letters: 'Before its @, an address here can have only the letters a to z, digits, and signs such as . + and -.',
  too_long: 'The email is too long.',
  no_username: 'A username here has 2 to 32 letters a to z, digits, dots, dashes and underscores. Choose another one.',
  too_long_username: 'A username here has at most 32 characters. Choose another one.',
  reserved_username: 'Only the site itself may have that username. Choose another one.',
  bad_display_name: "The name has more than 64 characters, or doesn't fit on one line.",
  plain_password: "The password isn't hashed: anyone who reads this file knows it. They need a new password.",
  other_hash: `The password hash isn't argon2id. ${NEW_PASSWORD}`,
  damaged_hash: "The password hash is incomplete, or isn't written as argon2id writes it.",
  costly_hash: `The password hash takes too much memory or time to check. ${NEW_PASSWORD}`,
  unreadable_device: "The authenticator isn't an otpauth address with a key in base32.",
  other_device:
    "The authenticator's codes aren't ours: SHA-1, six digits, 30 seconds. They need another authenticator.",
  weak_device: "The authenticator's key has fewer than 16 bytes, or more than 64. They need another authenticator.",
  no_group_name: "A group can't be called …: its name has 1 to 32 small letters, digits, dots, dashes and underscores.",
  group_twice: 'The group … is named twice.',
  group_over: 'The time in the group … is over.',
  unreadable: "This can't be read as a person.",
  bad_field: "The field … is missing, or isn't what it must be.",
  unknown_field: "There's no such field here: ….",
  field_twice: 'The field … is there twice.',
  two_devices: 'There are two authenticators for it. The other one is at ….',
  device_perhaps_lost: "Its authenticator may be the one at …, which can't be read.",
  nobodys_device: 'Nobody in the users file has that username.',
  same_email: 'The row at … has the same address.',
  same_username: 'The row at … has the same username, or one that looks the same.',
  email_taken: 'An account with another username has that address, or the address is kept for an account that left it.',
  username_taken: 'Somebody has that username or one that looks like it, or it is kept for who had it.',
}
