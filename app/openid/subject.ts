import { createHash } from 'node:crypto'

/**
 * What a client knows somebody by (OpenID Connect Core section 8). With the salt of a pairwise client, no other client knows them by the
 * same, and nobody finds the account by it.
 */
export const subjectAt = (pairwiseSalt: string | null, accountId: number | string): string =>
  pairwiseSalt === null
    ? String(accountId)
    : createHash('sha256').update(`${pairwiseSalt} ${accountId}`).digest('base64url')
