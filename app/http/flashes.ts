import type { Words } from '#views/words/words.ts'

/** What the next page says, once, and how it looks. A word from this list, so that a forged cookie can only choose among our sentences. */
export const FLASHES = {
  second_factor_on: 'good',
  second_factor_off: 'warn',
  second_factor_replaced: 'good',
  password_changed: 'good',
  codes_regenerated: 'good',
  codes_already_replaced: 'warn',
  recovery_code_used: 'good',
  signed_out: 'good',
  pending_expired: 'warn',
  no_attempts_left: 'bad',
  enrolment_expired: 'warn',
  changed_meanwhile: 'warn',
  token_saved: 'good',
  token_edited: 'good',
  tokens_removed: 'good',
  token_gone: 'warn',
  tokens_released: 'good',
  undone_email: 'good',
  undone_token: 'good',
  undone_second_factor: 'good',
  undone_authenticator: 'good',
  email_confirmed: 'good',
  email_unconfirmed: 'warn',
  link_sent: 'good',
  change_link_sent: 'good',
  email_changed: 'good',
  password_reset: 'good',
  session_ended: 'good',
  sessions_ended: 'good',
  no_other_sessions: 'good',
  session_gone: 'warn',
  browser_forgotten: 'good',
  browsers_forgotten: 'good',
  browser_gone: 'warn',
  signed_out_everywhere: 'good',
  authenticator_added: 'good',
  authenticator_renamed: 'good',
  authenticator_removed: 'good',
  authenticator_gone: 'warn',
  too_many_authenticators: 'warn',
} as const satisfies Record<keyof Words['flash'], 'good' | 'warn' | 'bad'>

export type FlashWord = keyof typeof FLASHES

export const isFlashWord = (word: string): word is FlashWord => Object.hasOwn(FLASHES, word)
