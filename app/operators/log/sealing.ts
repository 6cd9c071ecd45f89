import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '../../lib/tokens.ts'
import type { Vault } from '../../lib/vault.ts'
import { EVENT_SEAL } from '../sealed-values.ts'
import { digestOf, type End, endText, type Link, type LoggedEvent, linkText, NO_DIGEST, personHash } from './chain.ts'

export type SealingStore = {
  /** `reached`: the highest position that is taken. */
  ends(): Promise<{ oldest?: End; newest?: End; reached: number }>
  /** Events from then on that no row of the chain names, oldest first. */
  unsealed(from: Date, atMost: number): Promise<LoggedEvent[]>
  /** `owned` are those of an account. False, and nothing kept, if the chain doesn't end at `after` any longer, or an event is gone. */
  append(of: { after: number | undefined; newest: End; links: Link[]; owned: string[] }): Promise<boolean>
}

export type ForgettingStore = {
  ends(): Promise<{ oldest?: End; newest?: End }>
  /** The chain after a position, with the time of their events; null if the event is gone. */
  linksAfter(
    position: number,
    atMost: number,
  ): Promise<{ position: number; digest: string; eventId: string; at: Date | null }[]>
  /** Removes the chain up to `oldest`, and these events. False if it doesn't begin after `after` any longer. */
  forget(of: { after: number | undefined; oldest: End; eventIds: string[] }): Promise<boolean>
}

export type SealingDeps = { eventChain: SealingStore; vault: Vault; now(): Date }
export type ForgetDeps = { eventChain: ForgettingStore; vault: Vault }

const AT_ONCE = 200 // events per transaction: milliseconds on either database
const REST = 20 // milliseconds between two, so requests go first

/** How late an event may come: its transaction, and the difference between two machines' clocks. */
export const LATE = 2 * 60_000

/**
 * Puts every event that isn't yet in the chain at its end. Any number of processes may call it: each position is taken once, and
 * who comes second leaves the rest to the first. Returns how many it sealed.
 */
export async function sealEvents({ eventChain, vault, now }: SealingDeps, stopping = () => false): Promise<number> {
  for (let sealed = 0; ; await pause(REST)) {
    const { newest, reached } = await eventChain.ends()
    const at = now()
    // A clock that ran ahead while something was sealed must not make us overlook what comes now.
    const from = new Date(Math.min(newest?.at.getTime() ?? 0, at.getTime()) - LATE)
    const events = await eventChain.unsealed(from, AT_ONCE)
    const links = linked(vault, startOf(newest, reached), events)
    const last = links.at(-1)
    if (!last) return sealed
    const seal = vault.hash(EVENT_SEAL, endText('newest', last))
    const latest = events.map((event) => Math.min(event.at.getTime(), at.getTime()))
    const end = { position: last.position, digest: last.digest, seal }
    const until = new Date(Math.max(newest?.at.getTime() ?? 0, ...latest))
    const owned = events.filter(({ accountId }) => accountId !== null).map(({ id }) => id)
    const appended = { after: newest?.position, newest: { ...end, at: until }, links, owned }
    if (!(await eventChain.append(appended))) return sealed
    sealed += links.length
    if (links.length < AT_ONCE || stopping()) return sealed
  }
}

type Start = Pick<End, 'position' | 'digest'>

/** Where somebody moved or removed the end, a gap stays for `verifyLog` to find. */
function startOf(newest: End | undefined, reached: number): Start {
  const start = newest ?? { position: 0, digest: NO_DIGEST }
  return start.position < reached ? { position: reached + 1, digest: NO_DIGEST } : start
}

function linked(vault: Vault, { position, digest }: Start, events: LoggedEvent[]): Link[] {
  return events.map((event) => {
    const salt = newId()
    const person = personHash(salt, event)
    digest = digestOf(digest, ++position, event, person)
    return {
      position,
      eventId: event.id,
      person,
      salt,
      digest,
      seal: vault.hash(EVENT_SEAL, linkText({ position, digest })),
    }
  })
}

/**
 * Removes the first sealed events with their part of the chain, if they are from `endedBy` or before. Where the chain begins from
 * then on is sealed, so nobody else can shorten it. Returns how many went.
 */
export async function forgetSealedEvents(
  { eventChain, vault }: ForgetDeps,
  endedBy: Date,
  atMost: number,
): Promise<number> {
  const { oldest } = await eventChain.ends()
  const first = await eventChain.linksAfter(oldest?.position ?? 0, atMost)
  const firstToKeep = first.findIndex(({ at }) => at !== null && at > endedBy)
  const over = firstToKeep === -1 ? first : first.slice(0, firstToKeep)
  const last = over.findLast(({ at }) => at !== null)
  if (!last?.at) return 0
  const going = over.filter(({ position }) => position <= last.position)
  const seal = vault.hash(EVENT_SEAL, endText('oldest', last))
  const forgotten = await eventChain.forget({
    after: oldest?.position,
    oldest: { position: last.position, digest: last.digest, at: last.at, seal },
    eventIds: going.map(({ eventId }) => eventId),
  })
  return forgotten ? going.length : 0
}
