import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

const MEASURED = 32 // characters at a time: the cost grows with the square, and these say enough
const PIECES = 2 // of this length; nothing that follows makes a password weaker
const REPEATED = 3 // characters before a repeated word or number counts as one; a sign always does

const zxcvbn = new ZxcvbnFactory({
  graphs: adjacencyGraphs,
  dictionary: { passwords: dictionary['passwords-common'] },
  maxLength: MEASURED,
  l33tMaxSubstitutions: 8, // spellings of one word; each means another search for all words
})

/**
 * How many guesses a password takes, as a power of ten: its parts' guesses multiplied, in any order. zxcvbn's own sum adds
 * what a guesser spends before trying longer sequences, which is already 100 million for three parts.
 */
export function guessesFor(password: string, words: string[]): number {
  let guesses = 0
  for (const piece of pieces(withoutRepetition(password)).slice(0, PIECES)) {
    const { sequence } = zxcvbn.check(piece, words)
    guesses += sequence.reduce((sum, part, index) => sum + Math.log10(part.guesses) + Math.log10(index + 1), 0)
  }
  return guesses
}

/** Words, numbers, and each sign by itself. A capital begins a word. */
const TOKEN = /\p{Lu}*[^\p{Lu}\P{L}]+|\p{Lu}+|\p{N}+|[^\p{L}\p{N}]/gu

const tokens = (text: string) => text.match(TOKEN) ?? []

/** The same thing repeated, with or without a sign between. */
const WHOLE_AGAIN = /^(.+?)(?:[^\p{L}\p{N}]?\1)+$/su

/** "Summer-2024-Summer" is no harder than "Summer-2024". */
function withoutRepetition(text: string): string {
  const said = new Set<string>()
  return tokens(WHOLE_AGAIN.exec(text)?.[1] ?? text)
    .filter((token) => {
      const word = token.toLowerCase()
      const isSaid = said.has(word) && (word.length >= REPEATED || /[^\p{L}\p{N}]/u.test(word))
      said.add(word)
      return !isSaid
    })
    .join('')
}

/** Cut between words if possible, because half a word would look random. */
function pieces(text: string): string[] {
  const cut = ['']
  for (const token of tokens(text)) {
    const last = cut.length - 1
    if (cut[last] !== '' && `${cut[last]}${token}`.length > MEASURED) cut.push(token)
    else cut[last] += token
  }
  return cut
}
