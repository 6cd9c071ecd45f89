import { databaseFailure } from './database-failures.ts'

const OUT_OF_REACH = {
  busy: 'Another program holds the database. Look at what was done, and try again.',
  unavailable: "The database is out of reach, or can't be written. Look at what was done, and try again.",
}

/** What an operator is told of an error. A driver's words, and those of the query around them, are for developers. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isOfDriver = 'code' in error || error.message.startsWith('Failed query')
  const failure = isOfDriver ? databaseFailure(error) : undefined
  if (failure) return OUT_OF_REACH[failure.reason]
  const isOfQuery = error.message.startsWith('Failed query') && error.cause instanceof Error
  return isOfQuery ? reasonOf(error.cause) : error.message
}
