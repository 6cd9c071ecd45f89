import { z } from 'zod'
import type { Row } from '#app/operators/import/import.ts'
import { Refused } from '../command/command.ts'
import type { Devices } from './authelia-devices.ts'
import { wrongField } from './fields.ts'
import type { TextFile } from './text-file.ts'
import { type Entry, yamlEntries } from './yaml.ts'

/** A user in Authelia's file. Newer versions keep more about a person, such as a telephone number, which we don't. */
const User = z.object({
  password: z.string(),
  displayname: z.string().nullish(),
  email: z.string(),
  groups: z.array(z.string()).nullish(),
  disabled: z.boolean().nullish(),
})

const DISABLED = 'Disabled in Authelia'

/** A row for each user, with the device that the other file has for them, and then what is wrong with that file. */
export function rowsOfAuthelia(users: TextFile, devices: Devices): Row[] {
  const entries = yamlEntries(users, 'users') ?? []
  if (entries.length === 0) throw new Refused(`${users.name} has no users. Nothing was done.`)
  return [...entries.map((entry) => rowOf(entry, devices)), ...devices.left(entries.map(({ key }) => key))]
}

function rowOf({ at, key: name, value, twice }: Entry, devices: Devices): Row {
  if (twice !== undefined) return { at, name, refusal: { reason: 'field_twice', about: twice } }
  const read = User.safeParse(value)
  if (!read.success) return { at, name, refusal: wrongField(read.error) }
  const device = devices.of(name)
  if (device && 'refusal' in device) return { at, name, refusal: device.refusal }
  const { password, displayname, email, groups, disabled } = read.data
  return {
    at,
    name,
    person: {
      ...{ email, username: name, displayName: displayname ?? undefined, passwordHash: password },
      device: device?.text,
      groups: (groups ?? []).map((group) => ({ name: group, until: null })),
      suspendedFor: disabled ? DISABLED : undefined,
    },
  }
}
