import { isAccessToken } from '../access-tokens/token.ts'
import { bearerValue } from '../http/bearer.ts'
import type { AppContext } from '../http/env.ts'
import { headerOf } from '../http/header.ts'

/** Where an access token can be: the second for apps that need the first themselves. */
const HEADERS = [
  ['authorization', 'Authorization'],
  ['proxy-authorization', 'Proxy-Authorization'],
] as const

/**
 * The access token that a request brings, and what its app may see of these headers: what isn't ours, and in the place of what is,
 * nothing.
 */
export function credentialsOf(c: AppContext): { accessToken: string | undefined; passedOn: Record<string, string> } {
  let accessToken: string | undefined
  const passedOn: Record<string, string> = {}
  for (const [name, written] of HEADERS) {
    const value = headerOf(c, name)
    if (value === undefined) continue
    const token = tokenIn(value)
    accessToken ??= token
    passedOn[written] = token === undefined ? value : ''
  }
  return { accessToken, passedOn }
}

/** As a bearer's, or as the password of a program that knows nothing else (RFC 7617), whatever the name beside it. */
function tokenIn(value: string): string | undefined {
  const [, basic] = /^Basic +([\w+/]+=*) *$/i.exec(value) ?? []
  const token =
    basic === undefined
      ? bearerValue(value)
      : Buffer.from(basic, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
  return token && isAccessToken(token) ? token : undefined
}
