import type { Database } from '../client.ts'
import { type AnyEventRow, type SessionRow, writtenBy } from './statements.ts'

/** The same database. `told` hears which events and sessions a transaction wrote, but only after it was kept. */
export const tellingWhatIsKept = (
  database: Database,
  told: (written: { events: AnyEventRow[]; sessions: SessionRow[] }) => void,
): Database => ({
  ...database,
  async atomically(build, options) {
    let events: AnyEventRow[] = []
    let sessions: SessionRow[] = []
    const kept = await database.atomically((tx) => {
      const steps = build(tx)
      const written = steps.map(writtenBy) // only of this try, if it takes several
      events = written.flatMap((of) => of?.events ?? [])
      sessions = written.flatMap((of) => of?.sessions ?? [])
      return steps
    }, options)
    if (kept && events.length + sessions.length > 0) told({ events, sessions })
    return kept
  },
})
