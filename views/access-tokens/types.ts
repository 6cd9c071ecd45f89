import type { FormState } from '../ui/types.ts'

/** An access token as the list shows it. `expiresAt` null: never. `previousUntil`: how long its old value goes on. */
export type ListedToken = {
  id: string
  hint: string
  description: string
  scopes: string[]
  createdAt: Date
  expiresAt: Date | null
  previousUntil: Date | null
  lastUsedAt: Date | null
  lastAddress: string | null
  lastBrowser: string | null
  lastSystem: string | null
}

/** What can be chosen for a token. Days as `2026-05-30`. */
export type Offered = {
  scopes: readonly string[]
  methods: readonly string[]
  /** Of apps behind the gate. */
  apps: readonly { scope: string; title: string }[]
  firstDay: string
  lastDay: string
  longestInDays: number
  mayNeverExpire: boolean
}

/** `description`, `expires_at`, `never`, and a field for each scope. */
export type ChoicesForm = FormState<string>
