const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const twoDigits = (number: number) => String(number).padStart(2, '0')

const inDays = (at: Date) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`

const inMinutes = (at: Date) => `${inDays(at)}, ${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())} UTC`

type WhenProps = {
  at: Date
  to?: 'minute' | 'day'
  /** It stays in UTC, as in the files, prints and mails that it is compared with. */
  inUtc?: boolean
}

/** A moment, to the minute or to the day, in UTC; the script turns it into the reader's own time zone. */
export const When = ({ at, to = 'minute', inUtc = false }: WhenProps) => (
  <time datetime={at.toISOString()} data-utc={inUtc || undefined}>
    {to === 'day' ? inDays(at) : inMinutes(at)}
  </time>
)
