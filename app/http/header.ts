import type { AnyContext } from './env.ts'

/** Of several with one of these names, Node has only the first (nodejs.org/api/http.html#messageheaders). */
const FIRST_IN_NODE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

/**
 * A header of the request, as `c.req.header` says it: several of one name are one, with commas between (RFC 9110 section 5.3). Node has
 * sorted them all by name, but Hono checks and searches for each that is asked for, and a check of the gate asks for a dozen.
 */
export function headerOf(c: AnyContext, name: Lowercase<string>): string | undefined {
  const read = c.env?.incoming?.headers
  if (read === undefined) return c.req.header(name)
  const value = read[name]
  return value === undefined || !FIRST_IN_NODE.has(name) ? value : c.req.header(name)
}
