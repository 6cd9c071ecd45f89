import { hash } from 'node:crypto'

/** An event as stored: what stays of it for as long as the log keeps it, and what goes with the person. */
export type LoggedEvent = {
  id: string
  kind: string
  method: string | null
  subject: string | null
  at: Date
  actor: string | null
  operatorId: number | null
  reason: string | null
} & PersonFields

type PersonFields = { accountId: number | null; address: string; browser: string; system: string | null }

/** One row of the chain. */
export type Link = {
  position: number
  eventId: string
  person: string
  /** Null once the person's fields are erased from the event. */
  salt: string | null
  digest: string
  seal: string
}

/** Where the chain begins or ends. */
export type End = { position: number; digest: string; at: Date; seal: string }
export type Which = 'oldest' | 'newest'

/** Before the first. */
export const NO_DIGEST = ''

export const personHash = (salt: string, { accountId, address, browser, system }: PersonFields): string =>
  hashOf([salt, accountId, address, browser, system])

/** Needs no key, so a new key changes the seals alone. */
export const digestOf = (previous: string, position: number, event: LoggedEvent, person: string): string => {
  const { id, kind, method, subject, at, actor, operatorId, reason } = event
  return hashOf([previous, position, id, kind, method, subject, at.getTime(), actor, operatorId, reason, person])
}

/** What the seals are made of. The store makes the same texts for `keys reseal`. */
export const linkText = ({ position, digest }: Pick<Link, 'position' | 'digest'>): string => `${position} ${digest}`
export const endText = (which: Which, end: Pick<End, 'position' | 'digest'>): string => `${which} ${linkText(end)}`

const hashOf = (values: unknown[]) => hash('sha256', JSON.stringify(values), 'base64url')
