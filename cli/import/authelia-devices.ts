import { z } from 'zod'
import type { Row } from '#app/operators/import/import.ts'
import type { Refusal } from '#app/operators/import/people.ts'
import { readOtpauth } from '#app/two-factor/factors/totp/otpauth.ts'
import { Refused } from '../command/command.ts'
import type { TextFile } from './text-file.ts'
import { type Entry, yamlEntries } from './yaml.ts'

/** The devices of a file, by the username that Authelia knows them by. */
export type Devices = {
  /** Undefined: there is none. A refusal where it can't be told which one is theirs. */
  of(username: string): { text: string } | { refusal: Refusal } | undefined
  /** What nobody of these usernames has, and lines whose owner can't be told. */
  left(usernames: string[]): Row[]
}

type Device = { at: string; username: string | undefined; text: string }

export const NO_DEVICES: Devices = { of: () => undefined, left: () => [] }

/** What `authelia storage user totp export uri` prints, or the YAML file that `authelia storage user totp export` writes. */
export function devicesOf(file: TextFile): Devices {
  const devices = /^\s*otpauth:/im.test(file.text) ? inLines(file) : inYaml(file)
  // Nobody loses the second factor because it was the wrong file, or because a line of it is broken.
  if (devices.length === 0) throw new Refused(`${file.name} has no authenticators. Nothing was done.`)
  const unknown = devices.find(({ username }) => username === undefined)
  const owned = new Map<string | undefined, Device[]>()
  for (const device of devices) owned.set(device.username, [...(owned.get(device.username) ?? []), device])
  return {
    of(username) {
      const [own, another] = owned.get(username) ?? []
      if (another) return { refusal: { reason: 'two_devices', about: another.at } }
      if (own) return { text: own.text }
      return unknown && { refusal: { reason: 'device_perhaps_lost', about: unknown.at } }
    },
    left(usernames) {
      const known = new Set<string | undefined>(usernames)
      return devices
        .filter(({ username }) => !known.has(username))
        .map(({ at, username }) => ({
          ...{ at, name: username ?? '' },
          refusal: { reason: username === undefined ? 'unreadable_device' : 'nobodys_device' },
        }))
    },
  }
}

/** Empty lines, and the sentence that Authelia prints last, are none. */
const inLines = ({ name, text }: TextFile): Device[] =>
  text.split('\n').flatMap((line, index) => {
    const is = line.trim()
    if (is === '' || /^Successfully exported \d+ /.test(is)) return []
    return [{ at: `${name}:${index + 1}`, username: usernameIn(is), text: is }]
  })

/** The label is `issuer:username`, and either may have a colon of its own. */
function usernameIn(text: string): string | undefined {
  const { label, issuer = '' } = readOtpauth(text) ?? {}
  if (label === undefined) return undefined
  return label.startsWith(`${issuer}:`) ? label.slice(issuer.length + 1) : label.slice(label.indexOf(':') + 1)
}

/** Authelia keeps the key as text in base32, and writes that text in base64. */
const Configuration = z.object({
  username: z.string(),
  issuer: z.string(),
  algorithm: z.string(),
  digits: z.number(),
  period: z.number(),
  secret: z.base64().transform((text) => Buffer.from(text, 'base64').toString('latin1')),
})

const inYaml = (file: TextFile): Device[] => (yamlEntries(file, 'totp_configurations') ?? []).map(configured)

function configured({ at, value, twice }: Entry): Device {
  const { success, data } = Configuration.safeParse(value)
  if (!success || twice !== undefined) return { at, username: undefined, text: '' }
  const { username, issuer, algorithm, digits, period, secret } = data
  const asked = new URLSearchParams({ secret, issuer, algorithm, digits: `${digits}`, period: `${period}` })
  const label = [issuer, username].map(encodeURIComponent).join(':')
  return { at, username, text: `otpauth://totp/${label}?${asked}` }
}
