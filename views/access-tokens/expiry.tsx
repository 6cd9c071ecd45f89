import { When } from '../ui/when.tsx'
import { count } from '../ui/words.ts'

const DAY = 24 * 60 * 60_000
const NO_BREAK = '\u00a0'
const SOON = 14 // days

/** "expired", "today", "in 6 days"; `ms` from now. */
const aheadInWords = (ms: number): string => {
  if (ms <= 0) return 'expired'
  return (ms < DAY ? 'within a day' : `in ${count(Math.floor(ms / DAY), 'day')}`).replaceAll(' ', NO_BREAK)
}

/** When a token ends, and how far away that is. */
export const Expiry = ({ at, now }: { at: Date | null; now: Date }) => {
  if (!at) return <>Never</>
  const ahead = at.getTime() - now.getTime()
  const words = aheadInWords(ahead)
  return (
    <>
      <When at={at} to="day" />{' '}
      {ahead <= SOON * DAY ? (
        <span class={ahead <= 0 ? 'mark bad' : 'mark warn'}>{words}</span>
      ) : (
        <small>{words}</small>
      )}
    </>
  )
}
