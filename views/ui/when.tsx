import { words } from '../words/words.ts'

type WhenProps = {
  at: Date
  to?: 'minute' | 'day'
  /** It stays in UTC, as in the files, prints and mails that it is compared with. */
  inUtc?: boolean
}

/** A moment, to the minute or to the day, in UTC; the script turns it into the reader's own time zone. */
export const When = ({ at, to = 'minute', inUtc = false }: WhenProps) => (
  <time datetime={at.toISOString()} data-utc={inUtc || undefined} data-to={to === 'day' ? to : undefined}>
    {words.dates[to](at)}
  </time>
)
