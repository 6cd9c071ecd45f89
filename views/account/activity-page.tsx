import { Settings } from '../layouts.tsx'
import { EventList } from '../ui/event-list.tsx'
import type { Method, Origin, Visitor } from '../ui/types.ts'
import { words } from '../words/words.ts'
import { eventInWords } from './events.ts'

type ActivityPageProps = {
  visitor: Visitor
  events: (Origin & {
    kind: string
    method?: Method | undefined
    at: Date
    failed: boolean
    actor: 'operator' | null
    reason: string | null
  })[]
  olderHref?: string | undefined
}

/** The security events of the account, newest first; `olderHref` leads to the ones before. */
export const ActivityPage = ({ visitor, events, olderHref }: ActivityPageProps) => (
  <Settings title={words.settings.activity.title} visitor={visitor} current="activity">
    <p class="lead">{words.settings.activity.lead}</p>
    <div class="panel">
      {events.length > 0 ? (
        <EventList
          events={events.map(({ kind, method, actor, reason, ...event }) => ({
            ...event,
            by: actor ? words.byOperator(reason) : undefined,
            text: eventInWords(kind, method),
          }))}
        />
      ) : (
        <p class="empty">{words.settings.activity.none}</p>
      )}
    </div>
    {olderHref && (
      <p>
        <a class="button" href={olderHref}>
          {words.settings.activity.older}
        </a>
      </p>
    )}
  </Settings>
)
