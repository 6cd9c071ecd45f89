import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

const MEASURED = 32 // characters at a time: more costs its square, and these say enough
const PIECES = 2 // of so many characters; whatever follows makes no password weaker
const REPEATED = 3 // characters that a word or a number needs to count as said again; a sign needs none

const zxcvbn = new ZxcvbnFactory({
  graphs: adjacencyGraphs,
  dictionary: { passwords: dictionary['passwords-common'] },
  maxLength: MEASURED,
  l33tMaxSubstitutions: 8, // spellings of one word; each is searched for all words again
})

/**
 * How many guesses a password takes, as a power of ten: those of its parts multiplied, in any order. zxcvbn's own sum adds
 * what a guesser spends before trying longer sequences, which is 100 million as soon as there are three parts.
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

/** The same again and again, with a sign between or without. */
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

/** Cut between words, where there is such a place: half a word would look like a random one. */
function pieces(text: string): string[] {
  const cut = ['']
  for (const token of tokens(text)) {
    const last = cut.length - 1
    if (cut[last] !== '' && `${cut[last]}${token}`.length > MEASURED) cut.push(token)
    else cut[last] += token
  }
  return cut
}
