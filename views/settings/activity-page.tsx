import { Settings } from '../layouts.tsx'
import { EventList } from '../ui/event-list.tsx'
import type { Viewer } from '../ui/types.ts'
import { eventInWords } from './event-words.ts'

type ActivityPageProps = {
  viewer: Viewer
  events: { kind: string; method?: string | undefined; at: Date; address: string; browser: string; failed: boolean }[]
  olderHref?: string | undefined
}

/** The security events of the account, newest first; `olderHref` leads to the ones before. */
export const ActivityPage = ({ viewer, events, olderHref }: ActivityPageProps) => (
  <Settings title="Activity" viewer={viewer} current="activity">
    <p class="lead">
      What happened to the security of your account. If you do not know an entry, change your password.
    </p>
    <div class="panel">
      {events.length > 0 ? (
        <EventList
          events={events.map(({ kind, method, ...event }) => ({
            ...event,
            text: eventInWords(kind, method),
          }))}
        />
      ) : (
        <p class="empty">Nothing yet. Sign-ins, codes and changes will be listed here.</p>
      )}
    </div>
    {olderHref && (
      <p>
        <a class="button" href={olderHref}>
          Older
        </a>
      </p>
    )}
  </Settings>
)
