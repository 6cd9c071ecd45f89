import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './env.ts'

/** The header set of every response, names and values. */
export function headersOf(baseUrl: string): [string, string][] {
  const headers: [string, string][] = [
    [
      'Content-Security-Policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'same-origin'], // no-referrer would make Chromium send `Origin: null` with our own forms
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    permissionsPolicy({ get: false, create: false }),
  ]
  if (baseUrl.startsWith('https:')) headers.push(['Strict-Transport-Security', 'max-age=31536000; includeSubDomains']) // RFC 6797; one year

  headers.push(['Cache-Control', 'no-store']) // pages depend on cookies; anything that doesn't says so itself
  return headers
}

/** W3C Web Authentication 3, section 5.9. What asks for a passkey is allowed to on its own page alone. */
export function permissionsPolicy(passkey: { get: boolean; create: boolean }): [string, string] {
  const self = (may: boolean) => (may ? '(self)' : '()')
  return [
    'Permissions-Policy',
    `camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=${self(passkey.get)}, publickey-credentials-create=${self(passkey.create)}`,
  ]
}

/** Sets them, also on static files. */
export function securityHeaders(baseUrl: string) {
  const headers = headersOf(baseUrl)
  const all = Object.fromEntries(headers)
  const set = { all, json: { ...all, 'Content-Type': 'application/json' } }

  return createMiddleware<AppEnv>((c, next) => {
    c.set('headers', set)
    // Set beforehand, so the response is made with them: adding headers to a finished one costs a copy.
    // The API makes its answers with the whole set at once (app/api/v1/answer.ts).
    if (!c.req.path.startsWith('/api/v1/')) for (const [name, value] of headers) c.header(name, value)
    return next()
  })
}
