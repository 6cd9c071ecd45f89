import { setTimeout as pause } from 'node:timers/promises'

import { type DueDeps, remindOwners, removeDueAccounts } from '../account/deletions.ts'
import { recoveriesOver } from '../identity/recovery.ts'
import { type ForgetDeps, forgetSealedEvents } from '../operators/log/sealing.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const A_YEAR = 365 * 24 * 60 * MINUTE // a browser not seen for so long is a stranger again

/** Between two rounds, in whatever process: what lives for minutes takes no more room than live rows do. */
const EVERY = 5 * MINUTE
/** A process that has been silent for this long is gone, and another goes on with its round. */
const LEASE = MINUTE
/** How often each process asks whether it's its turn. */
const LOOK = MINUTE
const SOON = 5 * SECOND

/** Rows per statement: milliseconds on either database, even if a million have ended. */
const BATCH = 200
/** Between two statements, so requests go first: three times as long as the last one took, and at least this long. */
const REST = 20

/** Browsers an account knows. Nobody uses more, and a program without cookies would add one each time. */
export const KNOWN_BROWSERS_AT_MOST = 50

type Ending =
  | 'pendingSignIns'
  | 'pendingEnrolments'
  | 'gateCodes'
  | 'openidRecords'
  | 'spentChallenges'
  | 'sessions'
  | 'trustedBrowsers'
  | 'knownBrowsers'
  | 'mailLinks'
  | 'formerAddresses'
  | 'formerUsernames'
  | 'invitations'
  | 'memberships'
  | 'recoveries'
  | 'rescues'
  | 'unsealedEvents'
/** `next` is where to go on, undefined at the end. */
type Stretch<At> = { removed: number; next: At | undefined }
/** Accounts that know too many browsers. */
type Crowded = { accounts: number[]; next: Date | undefined }

export type HousekeepingStore = {
  takeLease(of: { nowMs: number; untilMs: number; longestMs: number }): Promise<boolean>
  changeLease(fromMs: number, untilMs: number): Promise<boolean>
  /** Each removes `atMost` rows at a time, and returns how many. */
  removeEnded(what: Ending, endedBy: Date, atMost: number): Promise<number>
  removeEndedLimits(endedBy: Date, atMost: number): Promise<number>
  removeIdleSessions(seenBy: Date, after: Date, atMost: number): Promise<Stretch<Date>>
  forgetFormerValues(endedBy: Date, after: string, atMost: number): Promise<Stretch<string>>
  crowdedAccounts(most: number, after: Date, atMost: number): Promise<Crowded>
  forgetOldestBrowsers(accountId: number, most: number, atMost: number): Promise<number>
}

export type HousekeepingDeps = ForgetDeps &
  DueDeps & {
    housekeeping: HousekeepingStore
    sessionIdle: number
    /** How long somebody waits who lost everything, in milliseconds; 0: turned off. */
    recoveryDelay: number
    /** How long the log keeps an event, in milliseconds. */
    eventsKept: number
    now(): Date
  }

type Run = {
  /** Asked between two batches. */
  stopping?: () => boolean
  rest?: (ms: number) => Promise<unknown>
}

/**
 * One round: removes everything that has ended, in small batches. Any number of processes may call it: one of them makes the
 * round, and another takes over if it dies. Returns how many rows went, or undefined if it wasn't this one's turn.
 */
export async function keepHouse(
  deps: HousekeepingDeps,
  { stopping = () => false, rest = pause }: Run = {},
): Promise<number | undefined> {
  const { housekeeping: store } = deps
  const now = () => deps.now().getTime()
  let began = now()
  let until = began + LEASE
  if (!(await store.takeLease({ nowMs: began, untilMs: until, longestMs: EVERY }))) return undefined
  let total = 0
  for await (const removed of batches(deps)) {
    total += removed
    if (stopping()) {
      await store.changeLease(until, now()) // another may go on at once
      return total
    }
    if (until - now() < LEASE / 2) {
      const longer = now() + LEASE
      if (!(await store.changeLease(until, longer))) return total // it took too long, and another goes on
      until = longer
    }
    await rest(Math.max(REST, 3 * (now() - began)))
    began = now()
  }
  await store.changeLease(until, now() + EVERY)
  return total
}

/** What there is to do. Each step is a statement or two that touch at most `BATCH` rows, and returns how many went. */
async function* batches(deps: HousekeepingDeps): AsyncGenerator<number> {
  const { housekeeping: store, sessionIdle, eventsKept, recoveryDelay } = deps
  const at = deps.now()
  const ago = (ms: number) => new Date(at.getTime() - ms)
  const ended: [Ending, Date][] = [
    ['pendingSignIns', at],
    ['pendingEnrolments', at], // before their sessions, which would take them along
    ['gateCodes', at], // as well
    ['openidRecords', at],
    ['spentChallenges', at],
    ['sessions', at],
    ['trustedBrowsers', at],
    ['knownBrowsers', ago(A_YEAR)],
    ['mailLinks', at],
    ['formerAddresses', at],
    ['formerUsernames', at],
    ['invitations', at],
    ['memberships', at],
    ['recoveries', recoveryDelay === 0 ? ago(-A_YEAR) : recoveriesOver(at)], // turned off: those that still wait, too
    ['rescues', at],
    ['unsealedEvents', ago(eventsKept)],
  ]
  for (const [what, endedBy] of ended) yield* untilFew(() => store.removeEnded(what, endedBy, BATCH))
  yield* untilFew(() => forgetSealedEvents(deps, ago(eventsKept), BATCH))
  yield* untilFew(() => store.removeEndedLimits(at, BATCH))
  yield* alongAll(at, (after) => store.removeIdleSessions(ago(sessionIdle), after, BATCH))
  yield* alongAll('', (after) => store.forgetFormerValues(at, after, BATCH))
  yield* removeDueAccounts(deps, BATCH)
  yield* remindOwners(deps, BATCH)
  // Seen since the previous round, or the one before that if its process died.
  for (let after: Date | undefined = ago(2 * EVERY); after; ) {
    const { accounts, next }: Crowded = await store.crowdedAccounts(KNOWN_BROWSERS_AT_MOST, after, BATCH)
    yield 0
    for (const accountId of accounts)
      yield* untilFew(() => store.forgetOldestBrowsers(accountId, KNOWN_BROWSERS_AT_MOST, BATCH))
    after = next
  }
}

/** Repeats until only rows are left that somebody holds right now. */
async function* untilFew(remove: () => Promise<number>): AsyncGenerator<number> {
  for (let removed = BATCH; removed === BATCH; ) {
    removed = await remove()
    yield removed
  }
}

/** From `start` to the end of an index, a stretch at a time. */
async function* alongAll<At>(start: At, step: (after: At) => Promise<Stretch<At>>): AsyncGenerator<number> {
  for (let after: At | undefined = start; after !== undefined; ) {
    const { removed, next }: Stretch<At> = await step(after)
    yield removed
    after = next
  }
}

export type Housekeeping = {
  /** Begins nothing new, and waits for the current batch. */
  stop(): Promise<void>
}

/** A round soon after the start and every few minutes from then on, shared with all other processes. `report` hears what fails. */
export function startHousekeeping(
  deps: HousekeepingDeps,
  report: (error: unknown) => void,
  { soon, look, random }: { soon: number; look: number; random: () => number } = {
    soon: SOON,
    look: LOOK,
    random: Math.random,
  },
): Housekeeping {
  let isStopping = false
  let running: Promise<unknown> | undefined
  let timer: NodeJS.Timeout | undefined

  /** Between half and one and a half of it, so processes that started together don't ask together. */
  const plan = (inMs: number) => {
    if (!isStopping) timer = setTimeout(begin, inMs * (0.5 + random())).unref()
  }
  function begin() {
    running = keepHouse(deps, { stopping: () => isStopping })
      .catch(report)
      .finally(() => plan(look))
  }
  plan(soon)

  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
