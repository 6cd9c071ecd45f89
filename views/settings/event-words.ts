const WORDS: Record<string, string> = {
  signed_up: 'Account created',
  signed_in: 'Signed in',
  signed_out: 'Signed out',
  password_wrong: 'Failed: wrong password',
  code_wrong: 'Failed: wrong code',
  second_factor_on: 'Two-factor authentication turned on',
  second_factor_replaced: 'Authenticator replaced',
  second_factor_off: 'Two-factor authentication turned off',
  recovery_codes_viewed: 'Recovery codes viewed',
  recovery_codes_downloaded: 'Recovery codes downloaded',
  recovery_codes_regenerated: 'New recovery codes generated',
  recovery_code_used: 'Recovery code used',
  password_changed: 'Password changed',
  session_ended: 'Session ended',
  token_generated: 'Access token generated',
  token_edited: 'Access token edited',
  token_regenerated: 'Access token regenerated',
  token_removed: 'Access token removed',
  tokens_frozen: 'Access tokens frozen',
  tokens_released: 'Access tokens allowed again',
  authenticator_added: 'Authenticator added',
  authenticator_renamed: 'Authenticator renamed',
  authenticator_removed: 'Authenticator removed',
  browser_trusted: 'Browser trusted for 30 days',
  browser_forgotten: 'Trusted browser forgotten',
  signed_out_everywhere: 'Signed out everywhere',
  email_confirmed: 'E-mail address confirmed',
  email_change_requested: 'Change of e-mail address requested',
  email_changed: 'E-mail address changed',
  email_restored: 'E-mail address put back',
  password_reset_requested: 'Password reset requested',
  password_reset: 'Password reset',
  reported_not_me: '"This was not me" reported',
  restored: 'Restored from a backup: recovery codes spent, signed out everywhere',
}

const METHODS: Record<string, string> = {
  password: 'with password',
  authenticator: 'with password and authenticator',
  recovery_code: 'with password and recovery code',
  trusted_browser: 'with password on a trusted browser',
}

/** A security event as a person reads it. An unknown kind is shown by its name. */
export const eventInWords = (kind: string, method?: string): string => {
  const words = WORDS[kind] ?? kind.replaceAll('_', ' ')
  const how = kind === 'signed_in' && method ? METHODS[method] : undefined
  return how ? `${words} ${how}` : words
}
