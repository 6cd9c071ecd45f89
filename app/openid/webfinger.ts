export const ISSUER = 'http://openid.net/specs/connect/1.0/issuer'

const LONGEST = 1_000 // characters

/** RFC 7033 section 4.4. */
export type Jrd = { subject: string; links: { rel: string; href: string }[] }
export type Webfinger = { ok: true; found: Jrd } | { ok: false; reason: 'no_resource' | 'unknown' }

/**
 * Where somebody of this site signs in (OpenID Connect Discovery section 2). It is the same for whatever name is asked, so it doesn't
 * tell which accounts exist. `rels` are the kinds of link that are wanted; none: all.
 */
export function webfinger(baseUrl: string, subject: string | undefined, rels: readonly string[]): Webfinger {
  if (!subject || subject.length > LONGEST) return { ok: false, reason: 'no_resource' }
  if (hostOf(subject) !== new URL(baseUrl).host) return { ok: false, reason: 'unknown' }
  const links = rels.length === 0 || rels.includes(ISSUER) ? [{ rel: ISSUER, href: baseUrl }] : []
  return { ok: true, found: { subject, links } }
}

function hostOf(resource: string): string | undefined {
  const account = /^acct:[^@\s/]+@([^@\s/?#]+)$/i.exec(resource)
  if (account) return account[1]?.toLowerCase()
  if (!/^https:/i.test(resource) || !URL.canParse(resource)) return undefined
  return new URL(resource).host
}
