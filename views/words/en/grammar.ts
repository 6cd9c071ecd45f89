const rules = new Intl.PluralRules('en')
const numbers = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const longDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** The form that goes with an amount: `plural(1, 'code', 'codes')`. */
export const plural = (amount: number, one: string, other: string): string =>
  rules.select(amount) === 'one' ? one : other

/** "one code", "two codes", "no codes"; digits above twelve. */
export const count = (amount: number, one: string, other: string): string =>
  `${numbers[amount] ?? amount} ${plural(amount, one, other)}`

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const unit = (name: 'second' | 'minute' | 'hour') => {
  const format = new Intl.NumberFormat('en', { style: 'unit', unit: name, unitDisplay: 'long' })
  return (amount: number) => format.format(amount)
}

/** "17 seconds", "1 minute", "2 hours". */
export const amounts = { second: unit('second'), minute: unit('minute'), hour: unit('hour') }

const twoDigits = (number: number) => String(number).padStart(2, '0')
const day = (at: Date) => `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`

/** In UTC. By hand, as a page has dozens of them and `Intl` takes its time. */
export const dates = {
  /** "1 Mar 2026". */
  day,
  /** "1 Mar 2026, 12:00 UTC". */
  minute: (at: Date): string => `${day(at)}, ${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())} UTC`,
  /** "1 March 2026 at 12:00 UTC". */
  inMail: (at: Date | number): string => `${longDate.format(at)} UTC`,
}
