import type { Notice } from '#views/ui/types.ts'
import { RECOVERY_CODES } from '../lib/codes.ts'
import type { Session } from '../sign-in/session.ts'
import { AUTHENTICATORS_AT_MOST } from '../two-factor/authenticators.ts'
import type { AnyContext } from './env.ts'
import type { Cookies, NoticeWord } from './session.ts'

const FEW = 3 // recovery codes: from here on their number is a warning

const SENTENCES: Record<Exclude<NoticeWord, 'recovery_code_used'>, Notice> = {
  second_factor_on: {
    tone: 'good',
    title: 'Two-factor authentication is on.',
    text: 'Your other sessions have been signed out.',
  },
  second_factor_off: {
    tone: 'warn',
    title: 'Two-factor authentication is off.',
    text: 'Your password alone opens the account. Your other sessions have been signed out.',
  },
  second_factor_replaced: {
    tone: 'good',
    title: 'Your authenticator has been replaced.',
    text: 'Delete its entry on the old phone: it no longer works. Your recovery codes are as they were. Your other sessions have been signed out.',
    link: {
      href: '/settings/two-factor/recovery-codes/confirm',
      text: 'Look at your recovery codes, or generate new ones',
    },
  },
  password_changed: {
    tone: 'good',
    title: 'Your password has been changed.',
    text: 'Your other sessions have been signed out.',
  },
  codes_regenerated: { tone: 'good', title: 'New recovery codes.', text: 'The old ones no longer work. Save these.' },
  codes_already_replaced: {
    tone: 'warn',
    title: 'These are newer codes.',
    text: 'Another window generated them first, so nothing was changed just now. They are the ones that work.',
  },
  signed_out: { tone: 'good', text: 'You are signed out.' },
  pending_expired: {
    tone: 'warn',
    text: 'The sign-in was not finished within five minutes, or was ended elsewhere. Sign in again.',
  },
  no_attempts_left: { tone: 'bad', text: 'That was the last try for this sign-in. Enter your password again.' },
  enrolment_expired: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'The set-up took longer than fifteen minutes, or was ended in another window. Start again when you are ready.',
  },
  changed_meanwhile: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'The account was changed in another window meanwhile. This is how it is now.',
  },
  token_saved: { tone: 'good', title: 'The access token is ready.', text: 'Its value is not shown again.' },
  token_edited: { tone: 'good', title: 'The access token has been changed.', text: 'Its value is as it was.' },
  tokens_removed: { tone: 'good', title: 'Removed.', text: 'What used it is refused from now on.' },
  token_gone: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'That is no access token of this account, or not any more. This is how the list is now.',
  },
  tokens_released: {
    tone: 'good',
    title: 'Your access tokens work again.',
    text: 'Remove those that you do not know.',
  },
  undone_email: {
    tone: 'good',
    title: 'Your e-mail address is back.',
    text: 'The account is known by the one before again. What was added since it was changed is gone.',
  },
  undone_token: { tone: 'good', title: 'The access token is gone.', text: 'What used it is refused from now on.' },
  undone_second_factor: {
    tone: 'good',
    title: 'Two-factor authentication is off again.',
    text: 'No authenticator opens the account, nor do the recovery codes that came with one.',
  },
  undone_authenticator: {
    tone: 'good',
    title: 'The authenticator is gone.',
    text: 'Its codes no longer open the account.',
  },
  email_confirmed: { tone: 'good', text: 'Your e-mail address is confirmed.' },
  email_unconfirmed: {
    tone: 'warn',
    title: 'Confirm your e-mail address first.',
    text: 'It is your way back in when a password is lost. Then set the second factor up.',
  },
  link_sent: { tone: 'good', title: 'A new link is on its way.', text: 'Those sent before no longer work.' },
  change_link_sent: {
    tone: 'good',
    title: 'Follow the link in the mail to the new address.',
    text: 'Until then nothing changes. Those sent before no longer work.',
  },
  email_changed: {
    tone: 'good',
    title: 'Your e-mail address has been changed.',
    text: 'Your other sessions have been signed out.',
  },
  password_reset: {
    tone: 'good',
    title: 'Your new password is set.',
    text: 'You are signed out everywhere. Sign in with it.',
  },
  session_ended: { tone: 'good', title: 'Signed out.', text: 'That session opens nothing any more.' },
  sessions_ended: { tone: 'good', title: 'Signed out.', text: 'This is the only session left.' },
  no_other_sessions: { tone: 'good', title: 'Nothing was changed.', text: 'There was no other session.' },
  session_gone: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'That is no session of this account, or not any more. This is how the list is now.',
  },
  browser_forgotten: {
    tone: 'good',
    title: 'Forgotten.',
    text: 'Signing in there takes a code again.',
  },
  browsers_forgotten: { tone: 'good', title: 'Forgotten.', text: 'Signing in takes a code on every browser again.' },
  browser_gone: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'That is no trusted browser of this account, or not any more. This is how the list is now.',
  },
  signed_out_everywhere: {
    tone: 'good',
    title: 'You are signed out everywhere.',
    text: 'All sessions and half-done sign-ins have ended, no browser is trusted any more, and access tokens are frozen. If somebody knows your password, sign in and change it now.',
  },
  authenticator_added: {
    tone: 'good',
    title: 'The authenticator has been added.',
    text: 'Its codes open your account from now on, beside those of the others. Your other sessions have been signed out.',
  },
  authenticator_renamed: { tone: 'good', text: 'The authenticator has its new name.' },
  authenticator_removed: {
    tone: 'good',
    title: 'The authenticator has been removed.',
    text: 'Its codes no longer work: delete its entry on that phone. Your other sessions have been signed out.',
  },
  authenticator_gone: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: 'That is no authenticator of this account, or not any more. This is how the list is now.',
  },
  too_many_authenticators: {
    tone: 'warn',
    title: 'Nothing was changed.',
    text: `An account can have ${AUTHENTICATORS_AT_MOST} authenticators, and you have as many. Remove one first.`,
  },
}

/** What happened on the page before, for the top of this one; gone at the next. */
export function takeNotice(c: AnyContext, cookies: Cookies, session?: Session): Notice | undefined {
  const word = cookies.notice.take(c)
  if (word === 'recovery_code_used') return session && recoveryCodeUsed(session.recoveryCodesLeft)
  return word && SENTENCES[word]
}

function recoveryCodeUsed(left: number): Notice {
  const title = 'You signed in with a recovery code.'
  if (left === 0)
    return {
      tone: 'warn',
      title,
      text: 'It was the last one. Generate new ones now: without them, a lost phone locks you out.',
    }
  return {
    tone: left <= FEW ? 'warn' : 'good',
    title,
    text: `${left} of ${RECOVERY_CODES} ${left === 1 ? 'is' : 'are'} left.`,
    link: { href: '/settings/two-factor/replace/confirm', text: 'Lost your device? Replace Authenticator' },
  }
}
