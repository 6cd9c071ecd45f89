const DAY = 24 * 60 * 60_000
/** How long before something ends its owner hears of it: a week, and a day. */
export const BEFORE_THE_END = [7 * DAY, DAY] as const

/** When the next mail about an end is due, after `now`. Null: none is left, or there is no end. */
export function nextEndMail(endsAt: Date | null, now: Date): Date | null {
  if (!endsAt) return null
  const [next] = BEFORE_THE_END.map((before) => endsAt.getTime() - before).filter((at) => at > now.getTime())
  return next === undefined ? null : new Date(next)
}
