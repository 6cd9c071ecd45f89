import { words } from '../words/words.ts'
import { icons } from './icons.tsx'
import type { Origin } from './types.ts'
import { When } from './when.tsx'

/** One row: what happened, from where, when. */
export type ListedEvent = Origin & {
  text: string
  /** Who did it and why, unless it was its owner. */
  by?: string | undefined
  at: Date
  failed?: boolean | undefined
  current?: boolean | undefined
}

/** What happened on the account, newest first. A failure is marked by a word and an icon, not by colour alone. */
export const EventList = ({ events }: { events: ListedEvent[] }) => (
  <ol class="events">
    {events.map(({ text, by, at, failed, current, ...origin }) => (
      <li class={failed ? 'failed' : undefined}>
        <p class="what">
          {failed && <icons.Triangle />}
          {text}
          {current && <span class="mark">{words.ui.thisSession}</span>}
        </p>
        {by && <p>{by}</p>}
        <p>
          {words.ui.browserAnd(words.origins.browser(origin))}
          <span class="address">{words.origins.address(origin.address)}</span>
        </p>
        <p>
          <When at={at} />
        </p>
      </li>
    ))}
  </ol>
)
