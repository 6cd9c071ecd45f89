/** A security event as its owner reads it. */
export const events = {
  signed_up: 'Account created',
  signed_in: 'Signed in',
  signed_out: 'Signed out',
  password_wrong: 'Failed: wrong password',
  code_wrong: 'Failed: wrong code',
  tested_code_wrong: 'Failed: wrong code in a test',
  second_factor_on: 'Two-factor authentication turned on',
  second_factor_replaced: 'Authenticator replaced',
  second_factor_shown: 'Second factor shown again',
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
  email_confirmed: 'Email address confirmed',
  email_change_requested: 'Change of email address requested',
  email_changed: 'Email address changed',
  email_restored: 'Email address put back',
  username_changed: 'Username changed',
  operator_added: 'Made an operator',
  operator_removed: 'No longer an operator',
  password_reset_requested: 'Password reset requested',
  password_reset: 'Password reset',
  reported_not_me: '"This was not me" reported',
  restored: 'Restored from a backup: recovery codes spent, signed out everywhere',
}

/** Who did it, unless it was the account's owner. */
export const byOperator = (reason: string | null): string => (reason ? `By an operator: ${reason}` : 'By an operator')

/** A sign-in, by how it was done. */
export const signedInBy = {
  password: 'Signed in with password',
  authenticator: 'Signed in with password and authenticator',
  recovery_code: 'Signed in with password and recovery code',
  trusted_browser: 'Signed in with password on a trusted browser',
}
