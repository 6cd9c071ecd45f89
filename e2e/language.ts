import { inMadeUp } from '#testing/made-up.ts'

/** `E2E_LANGUAGE=made-up` starts the server in a language made of English, to see that every page has room for another. */
export const isMadeUp = process.env.E2E_LANGUAGE === 'made-up'

/** What the page says for this English. A `name` in it is somebody's own word, the same in every language. */
export const said = (english: string, name?: string): string => {
  if (!isMadeUp) return english
  return name === undefined ? inMadeUp(english) : english.split(name).map(inMadeUp).join(name)
}
