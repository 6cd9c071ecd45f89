import { BASE_URL } from './names.ts'
import type { TestClient } from './openid.ts'

// What nobody who is well sends to the OpenID provider, for the property test and for the fuzzer.

/** The parameters that any of its addresses reads, some that it refuses, and some that are none. */
export const PARAMETERS = [
  ...['client_id', 'client_secret', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce'],
  ...['prompt', 'max_age', 'acr_values', 'claims', 'id_token_hint', 'login_hint', 'code', 'code_verifier'],
  ...['code_challenge', 'code_challenge_method', 'grant_type', 'refresh_token', 'device_code', 'user_code', 'xsrf'],
  ...['confirm', 'abort', 'token', 'post_logout_redirect_uri', 'logout', 'request', 'request_uri', 'resource'],
  ...['__proto__', 'access_token', 'iss', 'rel'],
]

/** Values that are right somewhere. */
export const usualValues = ({ name, secret, redirect }: TestClient): string[] => [
  ...[name, secret, redirect, 'code', 'openid', 'openid offline_access', 'S256', 'none', 'login'],
  ...['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'query', 'form_post', '0'],
]

/** And values that are right nowhere. */
export const wrongValues = ({ redirect }: TestClient): string[] => [
  ...['https://evil.example/cb', `${redirect}#x`, `${redirect}.evil.example`, 'javascript:alert(1)', '//x'],
  ...['\0', '%', '%ff%fe', '\ud800', '{', '{"id_token":{"acr":{"essential":true,"values":[1,null]}}}', '[]', '-1'],
  ...['1e99', 'x'.repeat(3000), '\r\nSet-Cookie: a=b', '<b>', 'a.b.c', 'consent login', 'fragment'],
  'eyJhbGciOiJub25lIn0.e30.',
]

/** In a query or a form. Half characters become bytes that are no UTF-8. */
export const encodedPairs = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map((pair) => pair.map((each) => escaped(each)).join('=')).join('&')
const escaped = (text: string) =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%EF%BF%BD', '%ED%A0%80') // broken UTF-8

/** Whether somebody is sent out of the site, and not to one of the addresses that clients have registered. */
export function isAstray(to: string, registered: readonly string[]): boolean {
  const { origin, protocol, host, pathname } = new URL(to, BASE_URL)
  return origin !== BASE_URL && !registered.includes(`${protocol}//${host}${pathname}`)
}
