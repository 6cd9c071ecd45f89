import type { Vault } from '../../lib/vault.ts'
import { EVENT_SEAL } from '../sealed-values.ts'
import { digestOf, type End, endText, type Link, type LoggedEvent, linkText, NO_DIGEST, personHash } from './chain.ts'
import { LATE } from './sealing.ts'

type Place = { at: Date; id: string }

export type VerifyingStore = {
  ends(): Promise<{ oldest?: End; newest?: End }>
  chainAfter(position: number, atMost: number): Promise<{ link: Link; event: LoggedEvent | null }[]>
  eventsBefore(after: Place, before: Date, atMost: number): Promise<{ id: string; at: Date; position: number | null }[]>
}

export type VerifyDeps = { eventChain: VerifyingStore; vault: Vault }

/** What somebody did to the database itself. */
export type Wrong =
  | 'event_edited'
  | 'event_removed'
  | 'event_added'
  | 'seal_edited'
  | 'seals_removed'
  | 'beginning_edited'
  | 'end_edited'
  | 'known_end_gone'

export type Finding = { wrong: Wrong; position: number | null; eventId: string | null; at: Date | null }

/** The end of the chain, for somebody to keep elsewhere and to ask for next time. */
export type KnownEnd = { position: number; digest: string }

export type Verdict = {
  sealed: number
  /** Of those, how many belong to nobody any longer. */
  withoutPerson: number
  /** What retention took. */
  forgotten: number
  end: KnownEnd | null
  /** The first of them, in the order of the log. */
  findings: Finding[]
}

const AT_ONCE = 500 // rows in memory
const NAMED = 20 // findings

/** Follows the chain from where retention left it to its end, and looks for events that it doesn't name. Changes nothing. */
export async function verifyLog(deps: VerifyDeps, known?: KnownEnd): Promise<Verdict> {
  const { eventChain } = deps
  const { oldest, newest } = await eventChain.ends()
  const walk = await followed(deps, oldest, newest, known)
  const added = newest ? await notInChain(eventChain, new Date(newest.at.getTime() - LATE)) : []
  // Housekeeping may have removed the beginning meanwhile.
  const { oldest: begins } = await eventChain.ends()
  const gone = begins && isSealed(deps.vault, 'oldest', begins) ? begins.position : 0
  const findings = walk.findings.filter(
    ({ position }) => position === null || position > gone || gone === oldest?.position,
  )
  return {
    sealed: walk.sealed,
    withoutPerson: walk.withoutPerson,
    forgotten: oldest?.position ?? 0,
    end: newest ? { position: newest.position, digest: newest.digest } : null,
    findings: [...findings, ...added].slice(0, NAMED),
  }
}

const isSealed = (vault: Vault, which: 'oldest' | 'newest', end: End) =>
  vault.verifies(EVENT_SEAL, endText(which, end), end.seal)

async function followed(
  { eventChain, vault }: VerifyDeps,
  oldest: End | undefined,
  newest: End | undefined,
  known: KnownEnd | undefined,
) {
  const findings: Finding[] = []
  const found = (wrong: Wrong, of: Partial<Finding> = {}) =>
    findings.push({ wrong, position: null, eventId: null, at: null, ...of })
  if (oldest && !isSealed(vault, 'oldest', oldest)) found('beginning_edited', { position: oldest.position })
  if (newest && !isSealed(vault, 'newest', newest)) found('end_edited', { position: newest.position })
  let [position, digest] = oldest ? [oldest.position, oldest.digest] : [0, NO_DIGEST]
  let [sealed, withoutPerson] = [0, 0]
  let isKnown = known === undefined || known.position <= position
  const end = newest?.position ?? 0
  for (let isLast = false; !isLast; ) {
    const rows = await eventChain.chainAfter(position, AT_ONCE)
    isLast = rows.length < AT_ONCE || position >= end
    for (const { link, event } of rows) {
      if (link.position > end && newest) break // sealed since we asked where it ends
      const at = { position: link.position, eventId: link.eventId, at: event?.at ?? null }
      const follows = link.position === position + 1
      if (!follows) found('seals_removed', { position: position + 1 })
      if (!vault.verifies(EVENT_SEAL, linkText(link), link.seal)) found('seal_edited', at)
      else if (!event) found('event_removed', at)
      else if (!isAsSealed(link, event, follows ? digest : undefined)) found('event_edited', at)
      sealed++
      if (link.salt === null) withoutPerson++
      if (known?.position === link.position) isKnown = known.digest === link.digest
      position = link.position
      digest = link.digest
    }
  }
  if (position < end) found('seals_removed', { position: position + 1 })
  else if (newest && digest !== newest.digest) found('end_edited', { position })
  if (!newest && sealed > 0) found('end_edited')
  if (!isKnown) found('known_end_gone', { position: known?.position ?? null })
  return { findings, sealed, withoutPerson }
}

/** What follows a gap can be compared by its person alone: what it was sealed with is gone. */
function isAsSealed(link: Link, event: LoggedEvent, previous: string | undefined): boolean {
  const isErased = link.salt === null && event.accountId === null
  const ownPerson = isErased || (link.salt !== null && personHash(link.salt, event) === link.person)
  if (!ownPerson) return false
  return previous === undefined || digestOf(previous, link.position, event, link.person) === link.digest
}

/** Everything that was written before then has been sealed since, unless it wasn't there. */
async function notInChain(eventChain: VerifyingStore, before: Date): Promise<Finding[]> {
  const findings: Finding[] = []
  for (let after: Place | undefined = { at: new Date(0), id: '' }; after && findings.length < NAMED; ) {
    const rows = await eventChain.eventsBefore(after, before, AT_ONCE)
    for (const { id, at, position } of rows)
      if (position === null) findings.push({ wrong: 'event_added', position, eventId: id, at })
    after = rows.length < AT_ONCE ? undefined : rows.at(-1)
  }
  return findings
}
