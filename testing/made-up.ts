import { en } from '#views/words/en.ts'
import type { Words } from '#views/words/words.ts'

// A language that nobody speaks, made of the English one: every letter has an accent, and every word is 40 % longer. What a page
// says that isn't accented was not taken from the words, and what is cut off or runs over would be so in German too.

const LONGER = 0.4
const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ACCENTED = 'áƀçđéƒǧĥíĵķļɱñóƥɋŕšţúṽŵẋýžÁƁÇĐÉƑǦĤÍĴĶĻṀÑÓƤɊŔŠŢÚṼŴẊÝŽ'
const ACCENTS = new Map([...PLAIN].map((letter, index) => [letter, [...ACCENTED][index] ?? letter]))

/** An English sentence in the made-up language. */
export const inMadeUp = (english: string): string =>
  english.replaceAll(/[A-Za-z]+/g, (word) =>
    [...word, ...word.slice(0, Math.ceil(word.length * LONGER)).toLowerCase()]
      .map((letter) => ACCENTS.get(letter) ?? letter)
      .join(''),
  )

/** What a sentence is given, such as an address, stays as it is: it goes through the sentence as a mark. Names of ours choose, and go in as they are. */
function markedIn(given: unknown, marks: string[]): unknown {
  if (typeof given === 'string') return /^[a-z_-]+$/.test(given) ? given : `\uE000${marks.push(given) - 1}\uE001`
  if (!isPlain(given)) return given
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, markedIn(value, marks)]))
}

const unmarked = (said: string, marks: string[]) =>
  said.replaceAll(/\uE000(\d+)\uE001/g, (_, index) => marks[index] ?? '')

function made(english: unknown, marks: string[] = []): unknown {
  if (typeof english === 'string') return unmarked(inMadeUp(english), marks)
  if (Array.isArray(english)) return english.map((part) => made(part, marks))
  if (typeof english === 'function')
    return (...given: unknown[]) => {
      const marks: string[] = []
      return made(english(...given.map((value) => markedIn(value, marks))), marks)
    }
  if (!isPlain(english)) return english // an element, or a number
  return Object.fromEntries(Object.entries(english).map(([name, value]) => [name, made(value, marks)]))
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Whether it has all that English has. */
const isLike = (language: unknown, english: unknown): boolean =>
  typeof language === typeof english &&
  (!isPlain(english) ||
    (isPlain(language) && Object.entries(english).every(([name, value]) => isLike(language[name], value))))

const isWhole = (language: unknown): language is Words => isLike(language, en)

export function madeUp(): Words {
  const language = made({ ...en, language: '' })
  const whole = isPlain(language) ? { ...language, language: 'en-XA' } : language // which is what such a language is called
  if (!isWhole(whole)) throw new Error('The made-up language lacks some of the words.')
  return whole
}
