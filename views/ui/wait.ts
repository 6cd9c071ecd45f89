import { type Words, words } from '../words/words.ts'

/** A wait as people say it: "17 seconds", "1 minute", "2 minutes", "1 hour". Rounds up, so that nobody comes back too early. */
export const waitInWords = (seconds: number, { amounts }: Pick<Words, 'amounts'> = words): string => {
  const whole = Math.max(0, Math.ceil(seconds))
  if (whole < 60) return amounts.second(whole)
  const minutes = Math.ceil(whole / 60)
  return minutes < 60 ? amounts.minute(minutes) : amounts.hour(Math.ceil(minutes / 60))
}
