import { type Words, words } from '#views/words/words.ts'
import type { DatabaseFailure } from '../lib/database-failures.ts'

/** What is true in every case: a connection that is lost while it says "commit" may have committed. */
export const failureText = ({ seconds }: DatabaseFailure, method: string, { troubles }: Words = words): string =>
  method === 'GET' || method === 'HEAD' ? troubles.tryAgain(seconds) : troubles.perhapsDone(seconds)
