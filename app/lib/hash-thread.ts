import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import type { HashAnswer, HashQuestion } from './hash-threads.ts'

/** A third of the weight of a thread that has none. With more, pages were no quicker, and beside other programs a hash would starve. */
const NICE = 5

// Whoever waits for a page comes before whoever waits for a hash. Linux knows this of each thread, others of the whole process alone.
if (process.platform === 'linux') setPriority(0, NICE)

parentPort?.on('message', (question: HashQuestion) => parentPort?.postMessage(answerTo(question)))

function answerTo(question: HashQuestion): HashAnswer {
  try {
    return 'stored' in question
      ? { isRight: verifySync(question.stored, question.password) }
      : { hash: hashSync(question.password, question.cost) }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}
