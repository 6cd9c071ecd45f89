import type { Words } from '#views/words/words.ts'

/** `words.refusals` has a heading and a sentence for each. */
export type RefusalReason = keyof Words['refusals']

/** A request that no page of ours makes. It is answered with a page that says what to do instead. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 405 | 413 | 415 | 421,
    readonly reason: RefusalReason,
  ) {
    super(reason)
  }
}
