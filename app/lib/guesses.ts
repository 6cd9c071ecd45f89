import { HashQueueFull, type HashWatch } from './passwords.ts'
import { askingThread, startThread, type Thread } from './threads.ts'
import { createTurns } from './turns.ts'

/** A password, and the words that somebody guessing this person's password would try first. */
export type Question = { password: string; words: string[] }

export type Guesses = ReturnType<typeof createGuesses>

const SMALL = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } // it holds one word list and one question

/**
 * How many guesses a password takes. That is milliseconds of pure calculation, so a separate thread does it, which starts at
 * the first question. Pages are answered meanwhile, and addresses take turns.
 */
export function createGuesses({
  watch,
  start = () => startThread('guesses-thread', SMALL),
}: {
  watch?: Pick<HashWatch, 'refused'> | undefined
  start?: () => Thread
} = {}) {
  const ask = askingThread<Question, number>('estimator', start)
  const turns = createTurns({
    places: 1,
    full(seconds) {
      watch?.refused()
      return new HashQueueFull(seconds)
    },
  })

  return {
    /** As a power of ten. */
    of: (question: Question, address: string): Promise<number> => turns.inTurn(address, () => ask(question)),
    load: turns.load,
  }
}
