import type { Method } from './types.ts'

const NUMBERS = [
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

const plural = (amount: number, thing: string) => (amount === 1 ? thing : `${thing}s`)

/** "one code", "two codes", "no codes"; digits above twelve. */
export const count = (amount: number, thing: string): string => `${NUMBERS[amount] ?? amount} ${plural(amount, thing)}`

/** A wait as people say it: "17 seconds", "1 minute", "2 minutes", "1 hour". Rounds up, so nobody comes back too early. */
export const inWords = (seconds: number): string => {
  const whole = Math.max(0, Math.ceil(seconds))
  if (whole < 60) return `${whole} ${plural(whole, 'second')}`
  const minutes = Math.ceil(whole / 60)
  if (minutes < 60) return `${minutes} ${plural(minutes, 'minute')}`
  const hours = Math.ceil(minutes / 60)
  return `${hours} ${plural(hours, 'hour')}`
}

const METHODS: Record<Method, string> = {
  password: 'Password',
  authenticator: 'Password and authenticator',
  recovery_code: 'Password and recovery code',
  trusted_browser: 'Password, on a trusted browser',
}

/** How a session was signed in: "Password and authenticator". */
export const methodInWords = (method: Method): string => METHODS[method]
