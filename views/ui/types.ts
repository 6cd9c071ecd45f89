import type { Child } from 'hono/jsx'

export type { Origin } from '../words/en/origins.ts'

/** What was wrong with a form or a field. A wait is counted down by the script, which says `afterwards` at its end. */
export type Said = string | Waiting
export type Waiting = { before: string; seconds: number; wait: (time: Child) => Child; afterwards: string }

/** What a form shows again after it was refused. `errors` go beside their field and in the summary at the top; '' as key is an error of the form as a whole. */
export type FormState<Field extends string = string> = {
  values?: Partial<Record<Field, string>>
  errors?: Partial<Record<Field | '', Said>>
}

/** A message in a box of its own: what has just happened, or what is true on every visit. */
export type Callout = {
  tone: 'good' | 'warn' | 'bad'
  title?: string
  text: string
  link?: { href: string; text: string }
}

/** Who is signed in. */
export type Visitor = {
  account: {
    email: string
    role: 'member' | 'operator'
    /** When somebody who says they lost everything may set up again; null: nobody waits for it. */
    recoveryOpensAt: Date | null
  }
}

/** How a session was signed in. */
export type Method =
  | 'password'
  | 'authenticator'
  | 'passkey'
  | 'recovery_code'
  | 'trusted_browser'
  | 'rescue_code'
  | 'delayed_recovery'

/** One of an account's recovery codes; `code` is null once it was used. */
export type RecoveryCode = { code: string | null; usedAt: Date | null }

/** How many recovery codes of the set are still unused. */
export type RecoveryCodeCount = { left: number; of: number; areFew: boolean }
