import { inMadeUp } from '#testing/made-up.ts'

/** `E2E_LANGUAGE=made-up` starts the server in a language made of English, to see that every page has room for another. */
export const isMadeUp = process.env.E2E_LANGUAGE === 'made-up'

/** What the page says for this English. */
export const said = (english: string): string => (isMadeUp ? inMadeUp(english) : english)
