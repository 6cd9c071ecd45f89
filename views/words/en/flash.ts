const othersSignedOut = 'Your other sessions have been signed out.'
const nothingChanged = 'Nothing was changed.'
const now = 'This is how the list looks now.'

type Flash = { title?: string; text: string; link?: string }

/** What has just happened, said once at the top of the next page. */
export const flash = {
  second_factor_on: { title: 'Two-factor authentication is on.', text: othersSignedOut },
  second_factor_off: {
    title: 'Two-factor authentication is off.',
    text: `Your password alone opens the account. ${othersSignedOut}`,
  },
  second_factor_replaced: {
    title: 'Your authenticator has been replaced.',
    text: `Delete its entry on the old phone: it no longer works. Your recovery codes haven't changed. ${othersSignedOut}`,
    link: 'Look at your recovery codes, or generate new ones',
  },
  password_changed: { title: 'Your password has been changed.', text: othersSignedOut },
  name_changed: { text: 'Your name has been saved.' },
  username_changed: {
    title: 'Your username has been changed.',
    text: 'The former one stays yours for 90 days: nobody else can take it.',
  },
  codes_regenerated: { title: 'New recovery codes.', text: 'The old ones no longer work. Save these.' },
  codes_already_replaced: {
    title: 'These are newer codes.',
    text: 'Another window generated them first, so we changed nothing just now. These are the ones that work.',
  },
  account_signed_out: { text: 'The account is signed out everywhere, and its access tokens are frozen.' },
  account_suspended: { text: 'The account is suspended.' },
  account_resumed: { text: 'The account can sign in again.' },
  account_deleted: { text: 'The account is deleted.' },
  deletion_requested: {
    title: 'Your account will be deleted in 7 days.',
    text: "You're signed out everywhere. Sign in before then, and your account stays. The link in our email does the same.",
  },
  deletion_undone: {
    title: 'Your account stays.',
    text: 'It was to be deleted. You signed in, so it no longer is.',
  },
  account_kept: {
    title: 'Your account stays.',
    text: "Sign in as before. If you didn't ask for its deletion, somebody knows your password.",
    link: 'Choose a new password',
  },
  rescue_asked: { text: 'Another operator has 15 minutes to approve it, on the page of this account.' },
  recovery_stopped: {
    title: 'Stopped.',
    text: "Your second factor stays as it is. If you didn't begin this, someone knows your password: change it.",
  },
  recovery_gone: { title: nothingChanged, text: 'It was stopped already, or is over.' },
  operator_made: { text: 'The account is an operator now.' },
  operator_unmade: { text: 'The account is no longer an operator.' },
  group_created: { text: 'The group is there.' },
  group_deleted: { text: 'The group is deleted.' },
  app_created: { text: 'The app is behind the gate.' },
  app_changed: { text: 'The app is changed.' },
  app_deleted: { text: 'The app is deleted. Nobody comes to its hosts.' },
  client_created: { text: 'People can sign in to the app now.' },
  client_changed: { text: 'The app has been changed.' },
  client_old_secret_ended: { text: 'The old secret has ended.' },
  client_removed: { text: 'The app no longer signs people in here.' },
  member_added: { text: 'The account is in the group.' },
  member_removed: { text: 'The account is no longer in the group.' },
  invitation_sent: { text: 'The invitation is on its way.' },
  invitation_revoked: { text: 'The invitation makes no account any longer.' },
  invitation_gone: { text: 'That invitation was used or revoked already, or has ended.' },
  policy_set: { text: 'The policy is set.' },
  signed_out: { text: 'You are signed out.' },
  pending_expired: { text: "You didn't finish signing in within five minutes, or ended it elsewhere. Sign in again." },
  no_attempts_left: { text: 'That was the last try for this sign-in. Enter your password again.' },
  enrolment_expired: {
    title: nothingChanged,
    text: "The set-up took longer than fifteen minutes, or ended in another window. Start again when you're ready.",
  },
  changed_meanwhile: {
    title: nothingChanged,
    text: 'The account was changed in another window. This is how it looks now.',
  },
  token_saved: { title: 'The access token is ready.', text: "We won't show its value again." },
  token_edited: { title: 'The access token has been changed.', text: "Its value hasn't." },
  tokens_removed: { title: 'Removed.', text: 'Whatever used it is refused from now on.' },
  token_gone: { title: nothingChanged, text: `This account doesn't have that access token, or no longer does. ${now}` },
  tokens_released: { title: 'Your access tokens work again.', text: "Remove any you don't recognise." },
  undone_email: {
    title: 'Your email address is back.',
    text: 'The account goes by your earlier address again. Whatever was added since the change is gone.',
  },
  undone_token: { title: 'The access token is gone.', text: 'Whatever used it is refused from now on.' },
  undone_second_factor: {
    title: 'Two-factor authentication is off again.',
    text: 'No authenticator opens the account, and neither do the recovery codes that came with one.',
  },
  undone_authenticator: { title: 'The authenticator is gone.', text: 'It no longer opens the account.' },
  email_confirmed: { text: 'Your email address is confirmed.' },
  email_unconfirmed: {
    title: 'Confirm your email address first.',
    text: "It's your way back in if you lose your password. Then set up the second factor.",
  },
  link_sent: { title: 'A new link is on its way.', text: 'Earlier links no longer work.' },
  change_link_sent: {
    title: 'Follow the link in the email to the new address.',
    text: 'Nothing changes until then. Earlier links no longer work.',
  },
  email_changed: { title: 'Your email address has been changed.', text: othersSignedOut },
  password_reset: { title: 'Your new password is set.', text: "You're signed out everywhere. Sign in with it." },
  session_ended: { title: 'Signed out.', text: 'That session no longer opens anything.' },
  sessions_ended: { title: 'Signed out.', text: 'This is the only session left.' },
  no_other_sessions: { title: nothingChanged, text: 'There was no other session.' },
  session_gone: { title: nothingChanged, text: `This account doesn't have that session, or no longer does. ${now}` },
  browser_forgotten: { title: 'Forgotten.', text: 'Signing in there takes a code again.' },
  browsers_forgotten: { title: 'Forgotten.', text: 'Signing in takes a code on every browser again.' },
  browser_gone: {
    title: nothingChanged,
    text: `This account doesn't trust that browser, or no longer does. ${now}`,
  },
  app_revoked: { title: 'Signed out of the app.', text: 'Nothing that it was given opens anything now.' },
  app_gone: { title: 'Already signed out of it.', text: now },
  signed_out_everywhere: {
    title: 'You are signed out everywhere.',
    text: 'All sessions and half-finished sign-ins have ended, no browser is trusted, and your access tokens are frozen. If someone knows your password, sign in and change it now.',
  },
  authenticator_added: {
    title: 'The authenticator has been added.',
    text: `It now opens your account too. ${othersSignedOut}`,
  },
  authenticator_renamed: { text: 'The authenticator has its new name.' },
  authenticator_removed: {
    title: 'The authenticator has been removed.',
    text: `It no longer opens your account: delete it from its device as well. ${othersSignedOut}`,
  },
  authenticator_gone: {
    title: nothingChanged,
    text: `This account doesn't have that authenticator, or no longer does. ${now}`,
  },
  too_many_authenticators: (most: number): Flash => ({
    title: nothingChanged,
    text: `An account can have ${most} authenticators, and you have that many. Remove one first.`,
  }),
  recovery_code_used: (left: number, of: number): Flash => ({
    title: 'You signed in with a recovery code.',
    text:
      left === 0
        ? 'It was the last one. Generate new ones now: without them, a lost phone locks you out.'
        : `${left} of ${of} ${left === 1 ? 'is' : 'are'} left.`,
    link: 'Lost your device? Replace Authenticator',
  }),
}
