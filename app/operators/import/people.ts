import { readDisplayName } from '../../account/change-name.ts'
import { type EmailAddress, readEmailAddress } from '../../lib/email-address.ts'
import { type ImportedHash, readImportedHash } from '../../lib/imported-hashes.ts'
import { readUsername, type Username } from '../../lib/username.ts'
import type { Factor, FromElsewhere, Proven } from '../../two-factor/factor.ts'
import { GROUP_NAME } from '../groups.ts'

/** A person as a file has them: nothing of it is checked yet. */
export type Person = {
  email: string
  /** Undefined: one that suits the address. */
  username: string | undefined
  displayName: string | undefined
  passwordHash: string
  /** What another site wrote down of the device of the second factor. */
  device: string | undefined
  groups: { name: string; until: Date | null }[]
  /** Why the account is closed; undefined: it isn't. */
  suspendedFor: string | undefined
}

/** The same, in the form in which we store it. */
export type ReadPerson = Omit<Person, 'displayName' | 'device'> & {
  displayName: string | null
  displayNameLook: string | null
  device: { factorKind: Pick<Factor, 'kind' | 'isPhishingResistant' | 'firstName'>; proven: Proven } | undefined
}

type Reason<Result> = Extract<Result, { ok: false }> extends { reason: infer Why } ? Why : never

/** Why a row makes no account. What it is `about`, such as a field, a group or an earlier row, is never a secret. */
export type Refusal = { reason: RefusalReason; about?: string }
export type RefusalReason =
  | Reason<EmailAddress>
  | Reason<Username>
  | Reason<ImportedHash>
  | Reason<FromElsewhere>
  | 'bad_display_name'
  | 'no_group_name'
  | 'group_twice'
  | 'group_over'
  // In the file itself.
  | 'unreadable'
  | 'bad_field'
  | 'unknown_field'
  | 'field_twice'
  | 'two_devices'
  | 'device_perhaps_lost'
  | 'nobodys_device'
  // Beside other rows and accounts.
  | 'same_email'
  | 'same_username'
  | 'email_taken'
  | 'username_taken'

type Kinds = { factorKinds: readonly Pick<Factor, 'kind' | 'isPhishingResistant' | 'firstName' | 'fromElsewhere'>[] }

/** Whether a person can have an account here, as far as nobody else matters. */
export function readPerson(
  kinds: Kinds,
  person: Person,
  now: Date,
): { ok: true; person: ReadPerson } | { ok: false; refusal: Refusal } {
  const no = (reason: RefusalReason, about?: string) =>
    ({ ok: false, refusal: { reason, ...(about !== undefined && { about }) } }) as const
  const address = readEmailAddress(person.email)
  if (!address.ok) return no(address.reason)
  const username = person.username === undefined ? undefined : readUsername(person.username)
  if (username && !username.ok) return no(username.reason)
  const name = readDisplayName(person.displayName ?? '')
  if (!name.ok) return no('bad_display_name')
  const hash = readImportedHash(person.passwordHash)
  if (!hash.ok) return no(hash.reason)
  const device = person.device === undefined ? undefined : readDevice(kinds, person.device)
  if (device && !device.ok) return no(device.reason)
  for (const [index, { name: group, until }] of person.groups.entries()) {
    if (!GROUP_NAME.test(group)) return no('no_group_name', group)
    if (person.groups.findIndex((other) => other.name === group) < index) return no('group_twice', group)
    if (until && until <= now) return no('group_over', group)
  }
  const { displayName, displayNameLook } = name
  return {
    ok: true,
    person: {
      ...person,
      ...{ email: address.email, username: username?.username, displayName, displayNameLook },
      device: device?.device,
    },
  }
}

function readDevice({ factorKinds }: Kinds, text: string) {
  for (const factorKind of factorKinds) {
    const read = factorKind.fromElsewhere?.(text)
    if (read) return read.ok ? ({ ok: true, device: { factorKind, proven: read.proven } } as const) : read
  }
  return { ok: false, reason: 'unreadable_device' } as const
}
