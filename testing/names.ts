// What tests call by name: where the product is, its people, cookies and pages.
import { lookOf } from '#app/lib/username.ts'

export const BASE_URL = 'https://latchkey.test'
export const PASSWORD = 'violet kettle marches north'
/** What test people choose. */
export const GOOD_PASSWORDS = [PASSWORD, 'eleven sardines hum quietly', 'seven copper lanterns sing']

export const SESSION = '__Host-latchkey'
export const PENDING = '__Host-latchkey-pending'
export const KNOWN = '__Host-latchkey-browser'
export const TRUSTED = '__Host-latchkey-trusted'
export const ENROLMENT = '__Host-latchkey-enrolment'

export const SET_UP = '/settings/two-factor/set-up'
export const DONE = `${SET_UP}/recovery-codes`
export const RECOVERY_CODES_PAGE = '/settings/two-factor/recovery-codes'

export const TOKENS_PAGE = '/settings/tokens'
export const SESSIONS_PAGE = '/settings/sessions'

/** What a row of an account needs to have of its own. */
export const namedAfter = (id: number) => ({
  email: `${id}@example.com`,
  username: `member-${id}`,
  usernameLook: lookOf(`member-${id}`),
})
