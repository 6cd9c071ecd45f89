import { parentPort } from 'node:worker_threads'
import { guessesFor } from './estimate.ts'
import type { Question } from './guesses.ts'

parentPort?.on('message', ({ password, words }: Question) => parentPort?.postMessage(guessesFor(password, words)))
