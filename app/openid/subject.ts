import { createHash } from 'node:crypto'

/** Whom an ID token is about. Whether it is good is asked elsewhere. */
export const subjectIn = (idToken: string): unknown =>
  JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()).sub

/**
 * What a client knows somebody by (OpenID Connect Core section 8). With the salt of a pairwise client, no other client knows them by the
 * same, and nobody finds the account by it.
 */
export const subjectAt = (pairwiseSalt: string | null, accountId: number | string): string =>
  pairwiseSalt === null
    ? String(accountId)
    : createHash('sha256').update(`${pairwiseSalt} ${accountId}`).digest('base64url')
