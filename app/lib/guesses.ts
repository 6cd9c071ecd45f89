import { Worker } from 'node:worker_threads'
import { HashQueueFull, type HashWatch } from './passwords.ts'
import { createTurns } from './turns.ts'

/** A password, and the words that somebody guessing this person's password would try first. */
export type Question = { password: string; words: string[] }

/** What we need of a worker thread that answers each question with the number of guesses, as a power of ten. */
export type Thread = Pick<Worker, 'postMessage' | 'on' | 'ref' | 'unref'>

export type Guesses = ReturnType<typeof createGuesses>

const SMALL = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } // it holds one word list and one question

/**
 * How many guesses a password takes. That is milliseconds of pure calculation, so a separate thread does it, which starts at
 * the first question. Pages are answered meanwhile, and addresses take turns.
 */
export function createGuesses({
  watch,
  start = startThread,
}: {
  watch?: Pick<HashWatch, 'refused'> | undefined
  start?: () => Thread
} = {}) {
  let thread: Thread | undefined
  let asked: { resolve(answer: number): void; reject(reason: Error): void } | undefined // one place, so one question
  const turns = createTurns({
    places: 1,
    full(seconds) {
      watch?.refused()
      return new HashQueueFull(seconds)
    },
  })

  function running(): Thread {
    if (thread) return thread
    const started = start()
    const ended = (reason: unknown) => {
      if (thread !== started) return
      thread = undefined
      asked?.reject(reason instanceof Error ? reason : new Error(`The estimator ended with ${reason}.`))
    }
    started.on('message', (answer: number) => asked?.resolve(answer))
    started.on('error', ended).on('exit', ended)
    thread = started
    return started
  }

  /** Keeps the process alive while somebody waits for the answer, and no longer. */
  async function ask(question: Question): Promise<number> {
    const one = running()
    one.ref()
    try {
      return await new Promise<number>((resolve, reject) => {
        asked = { resolve, reject }
        one.postMessage(question)
      })
    } finally {
      asked = undefined
      one.unref()
    }
  }

  return {
    /** As a power of ten. If the thread dies, another takes its place and is asked once more. */
    of: (question: Question, address: string): Promise<number> =>
      turns.inTurn(address, () => ask(question).catch(() => ask(question))),
    load: turns.load,
  }
}

/** Beside this file; in dist/ the built one. */
function startThread(): Thread {
  const name = import.meta.url.endsWith('.ts') ? 'guesses-thread-from-sources.js' : 'guesses-thread.js'
  return new Worker(new URL(name, import.meta.url), { resourceLimits: SMALL })
}
