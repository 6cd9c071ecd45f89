import { createHash } from 'node:crypto'

/** The app that people sign in to, here and at the bare library. */
export const CLIENT = {
  id: 'app-1000',
  secret: 'bench-secret',
  redirect: 'https://client.example.net/callback',
  scope: 'openid email profile groups',
  verifier: 'v'.repeat(43),
}
export const CHALLENGE = createHash('sha256').update(CLIENT.verifier).digest('base64url')
