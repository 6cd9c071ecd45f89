import type { z } from 'zod'
import type { Refusal } from '#app/operators/import/people.ts'

/** What is wrong with a row, by the name of its field. Never what is in it: that may be a password. */
export function wrongField({ issues: [issue] }: z.ZodError): Refusal {
  if (issue?.code === 'unrecognized_keys') return { reason: 'unknown_field', about: issue.keys.join(', ') }
  const [field] = issue?.path ?? []
  return field === undefined ? { reason: 'unreadable' } : { reason: 'bad_field', about: String(field) }
}
