import {
  type ConfirmPasswordDeps,
  type ConfirmPasswordResult,
  confirmPassword,
  type Renewal,
  renewal,
} from '../identity/fresh-password.ts'
import type { Forgiven } from '../identity/limits.ts'
import { type SecurityEvent, securityEvent } from '../identity/security-events.ts'
import type { SignedIn } from '../identity/visitor.ts'
import type { Origin } from '../lib/origin.ts'

const EVENTS_AT_ONCE = 500
const FIRST = '\n    '
const NEXT = `,${FIRST}`

type Row = Record<string, unknown>
type Place = { at: Date; id: string }

export type DataStore = {
  /** False if the session was renewed meanwhile. */
  recordDownload(of: { renewal: Renewal; event: SecurityEvent; forgiven: Forgiven }): Promise<boolean>
  /** What is kept about a person, by its name, without events and secrets. */
  dataOf(accountId: number): Promise<Record<string, Row | Row[]>>
  /** The oldest first. */
  eventsOf(accountId: number, after: Place, atMost: number): Promise<{ place: Place; event: Row }[]>
}

export type DataDeps = ConfirmPasswordDeps & { personalData: DataStore; baseUrl: string }

export type DownloadRefused = Exclude<ConfirmPasswordResult, { ok: true }> | { ok: false; reason: 'changed' }

/** Everything that is kept about the person, as JSON in pieces, after their password. Whoever has it knows where they have been. */
export async function downloadData(
  deps: DataDeps,
  visitor: SignedIn,
  password: string,
  origin: Origin,
): Promise<{ ok: true; token: string | undefined; madeAt: Date; pieces: AsyncGenerator<string> } | DownloadRefused> {
  const confirmed = await confirmPassword(deps, visitor, password, origin)
  if (!confirmed.ok) return confirmed
  const madeAt = deps.now()
  const { token, renewal: renewed } = renewal(visitor)
  const event = securityEvent('data_downloaded', visitor.account.id, origin, madeAt)
  const recorded = await deps.personalData.recordDownload({ renewal: renewed, event, forgiven: confirmed.forgiven })
  if (!recorded) return { ok: false, reason: 'changed' }
  return { ok: true, token, madeAt, pieces: inPieces(deps, visitor.account.id, madeAt) }
}

/** The log comes last, a page at a time: a script may have signed in every minute for a year. */
async function* inPieces({ personalData, baseUrl }: DataDeps, accountId: number, madeAt: Date) {
  const data = { site: baseUrl, made_at: madeAt, ...(await personalData.dataOf(accountId)) }
  yield `${JSON.stringify(data, null, 2).slice(0, -2)},\n  "events": [`
  let after: Place | undefined = { at: new Date(0), id: '' }
  let separator = FIRST
  while (after) {
    const page = await personalData.eventsOf(accountId, after, EVENTS_AT_ONCE)
    if (page.length > 0) yield separator + page.map(({ event }) => JSON.stringify(event)).join(NEXT)
    separator = NEXT
    after = page.length === EVENTS_AT_ONCE ? page.at(-1)?.place : undefined
  }
  yield '\n  ]\n}\n'
}
