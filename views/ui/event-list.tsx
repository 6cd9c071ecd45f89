import { words } from '../words/words.ts'
import { icons } from './icons.tsx'
import { When } from './when.tsx'

/** One row: what happened, from where, when. */
export type ListedEvent = {
  text: string
  at: Date
  browser: string
  address: string
  failed?: boolean | undefined
  current?: boolean | undefined
}

/** What happened on the account, newest first. A failure is marked by a word and an icon, not by colour alone. */
export const EventList = ({ events }: { events: ListedEvent[] }) => (
  <ol class="events">
    {events.map(({ text, at, browser, address, failed, current }) => (
      <li class={failed ? 'failed' : undefined}>
        <p class="what">
          {failed && <icons.Triangle />}
          {text}
          {current && <span class="mark">{words.ui.thisSession}</span>}
        </p>
        <p>
          {words.ui.browserAnd(browser)}
          <span class="address">{address}</span>
        </p>
        <p>
          <When at={at} />
        </p>
      </li>
    ))}
  </ol>
)
