/** What a form shows again after it was refused. `errors` go beside their field and in the summary at the top; '' as key is an error of the form as a whole. */
export type FormState<Field extends string = string> = {
  values?: Partial<Record<Field, string>>
  errors?: Partial<Record<Field | '', string>>
  waitSeconds?: number
}

/** What has just happened, said once at the top of the next page. */
export type Notice = {
  tone: 'good' | 'warn' | 'bad'
  title?: string
  text: string
  link?: { href: string; text: string }
}

/** Who is signed in. */
export type Viewer = { email: string }

/** How a session was signed in. */
export type Method = 'password' | 'authenticator' | 'recovery_code' | 'trusted_browser'

/** One of an account's recovery codes; `code` is null once it was used. */
export type RecoveryCode = { code: string | null; usedAt: Date | null }

/** How many recovery codes of the set are still unused. */
export type RecoveryCodeCount = { left: number; of: number }
