import { accessTokens } from './en/access-tokens.ts'
import { apiDocs } from './en/api-docs.ts'
import { checkUp } from './en/check-up.ts'
import { dashboard } from './en/dashboard.ts'
import { byOperator, events, signedInBy } from './en/events.ts'
import { fields } from './en/fields.ts'
import { files } from './en/files.ts'
import { flash } from './en/flash.ts'
import { gate } from './en/gate.ts'
import { amounts, dates } from './en/grammar.ts'
import { mailPages } from './en/mail-pages.ts'
import { mails, notices } from './en/mails.ts'
import { messages } from './en/messages.ts'
import { openid } from './en/openid.ts'
import { operators } from './en/operators.ts'
import { origins } from './en/origins.ts'
import { passkeys } from './en/passkeys.ts'
import { refusals, troubles } from './en/refusals.ts'
import { settings } from './en/settings.ts'
import { signIn } from './en/sign-in.ts'
import { twoFactor } from './en/two-factor.ts'
import { ui } from './en/ui.ts'

/** English. A file for each room; what takes a value is a function, and where markup goes inside a sentence, a list of its parts. */
export const en = {
  /** BCP 47: of the pages, and of the dates and waits that the script writes. */
  language: 'en-GB',
  amounts,
  dates,
  ui,
  origins,
  messages,
  fields,
  flash,
  refusals,
  troubles,
  signIn,
  dashboard,
  checkUp,
  settings,
  events,
  byOperator,
  signedInBy,
  accessTokens,
  twoFactor,
  passkeys,
  operators,
  gate,
  openid,
  mailPages,
  mails,
  notices,
  files,
  apiDocs,
}
