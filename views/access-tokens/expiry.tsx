import { When } from '../ui/when.tsx'
import { words } from '../words/words.ts'

const DAY = 24 * 60 * 60_000
const NO_BREAK = '\u00a0'
const SOON = 14 // days

/** "expired", "within a day", "in 6 days"; `ms` from now. */
const aheadInWords = (ms: number): string => {
  const { expired, withinADay, inDays } = words.accessTokens
  if (ms <= 0) return expired
  return (ms < DAY ? withinADay : inDays(Math.floor(ms / DAY))).replaceAll(' ', NO_BREAK)
}

/** When a token ends, and how far away that is. */
export const Expiry = ({ at, now }: { at: Date | null; now: Date }) => {
  if (!at) return <>{words.ui.never}</>
  const ahead = at.getTime() - now.getTime()
  const distance = aheadInWords(ahead)
  return (
    <>
      <When at={at} to="day" />{' '}
      {ahead <= SOON * DAY ? (
        <span class={ahead <= 0 ? 'mark bad' : 'mark warn'}>{distance}</span>
      ) : (
        <small>{distance}</small>
      )}
    </>
  )
}
