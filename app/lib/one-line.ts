// Text that people write, and that pages, mails and programs show.

const CONTROL = /[\p{Cc}\u2028\u2029]/u
/** Marks that turn the direction of what follows, even in the rest of the page (Unicode TR 9). */
const TURNS_DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

export const staysOnItsLine = (text: string): boolean => !CONTROL.test(text) && !TURNS_DIRECTION.test(text)

export const canBeSeen = (text: string): boolean => VISIBLE.test(text)
