import type { AppContext } from '../http/env.ts'
import { databaseFailure } from '../lib/database-failures.ts'
import type { Dialect } from './asked.http.ts'
import type { Identity } from './check.ts'
import type { Requirement } from './requirement.ts'

/** Of each answer. Without its length, an empty chunk would follow, which costs as much to send as the answer. */
const ALWAYS = { 'Cache-Control': 'no-store', 'Content-Length': '0' }

/** RFC 6750 section 3. Never `Basic`: browsers ask for a password then. */
const BEARER = 'Bearer'

/**
 * The only answer that lets anything in. It has all four names each time: a proxy copies what is there over what the client sent,
 * and leaves that where nothing is.
 */
export function letIn({ user, email, name, groups }: Identity, passedOn: Record<string, string>): Response {
  const identity = {
    'Remote-User': inHeader(user),
    'Remote-Email': inHeader(email),
    'Remote-Name': inHeader(name),
    'Remote-Groups': inHeader(groups.join(',')),
  }
  // What is spread first, and names after it, would take V8 longer than all else here.
  return new Response(null, { status: 200, headers: Object.assign(identity, ALWAYS, passedOn) })
}

/** Readable where it is ASCII, and UTF-8 in percent where it isn't: no header carries more (RFC 9110 section 5.5). */
const inHeader = (text: string): string =>
  /^[\x20-\x24\x26-\x7e]*$/.test(text)
    ? text
    : text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^\x20-\x24\x26-\x7e]+/g, (some) => encodeURIComponent(some))

/** nginx passes on 401 and 403, and makes 500 of anything else that lets nobody in. */
const statusAt = <Status extends number>(proxy: Dialect, status: Status, atNginx: 401 | 403) =>
  proxy === 'nginx' ? atNginx : status

export const malformed = (c: AppContext, proxy: Dialect): Response => c.body(null, statusAt(proxy, 400, 403), ALWAYS)

/** Elsewhere it is 414, with a page. */
export const tooLongAtNginx = (c: AppContext): Response => c.body(null, 401, { ...ALWAYS, 'WWW-Authenticate': BEARER })

/** For a browser. No site that led here is named where it goes: who comes from the portal comes from nowhere else. */
export const sendTo = (c: AppContext, proxy: Dialect, url: string): Response =>
  c.body(null, statusAt(proxy, 302, 401), {
    ...ALWAYS,
    Location: url,
    'Referrer-Policy': 'no-referrer',
    ...(proxy === 'nginx' && { 'WWW-Authenticate': BEARER }),
  })

/** For a program, or the script of a page, which can show its person where to go. */
export const notSignedIn = (c: AppContext, url: string | undefined, asks?: Requirement): Response =>
  c.body(null, 401, {
    ...ALWAYS,
    'WWW-Authenticate': asks ? challengeOf(asks) : BEARER,
    ...(url !== undefined && { 'Latchkey-Location': url }),
  })

/** RFC 9470 section 3. */
const challengeOf = ({ level, maxAge }: Requirement) =>
  [
    `${BEARER} error="insufficient_user_authentication"`,
    `acr_values="${level}"`,
    maxAge !== null && `max_age="${maxAge}"`,
  ]
    .filter(Boolean)
    .join(', ')

/** The same for who gets nowhere by signing in. */
export const refused = (c: AppContext): Response => c.body(null, 403, ALWAYS)

/** We don't know, so nobody is let in. */
export const unanswered = (c: AppContext, error: unknown): Response => {
  const failure = databaseFailure(error)
  return failure ? c.body(null, 503, { ...ALWAYS, 'Retry-After': String(failure.seconds) }) : c.body(null, 500, ALWAYS)
}
