/** The path of a request as rules are compared with it. `isPlain`: no server can read it as another one. */
export type AskedPath = { path: string; isPlain: boolean }

/** What some server decodes, cuts or climbs by, and another doesn't. */
const AMBIGUOUS = /[/\\%;?#]|\p{Cc}/u
const UNRESERVED = /^[\w.~-]$/ // RFC 3986 section 2.3: nobody has to encode these

/**
 * Decodes a path once (RFC 3986 section 2.4). It is plain if nothing in it can be understood in two ways: no dot segment, no empty
 * one, no parameter, no backslash, and nothing encoded that would have been one of these or had no reason to be.
 */
export function askedPath(raw: string): AskedPath {
  let isPlain = raw.startsWith('/') && !/[\\;#?]|\/\/|\p{Cc}/u.test(raw)
  const path = raw.replace(/(?:%[0-9a-f]{2})+|%/gi, (encoded) => {
    const decoded = decodedOnce(encoded)
    if (decoded === undefined || AMBIGUOUS.test(decoded) || [...decoded].some((one) => UNRESERVED.test(one)))
      isPlain = false
    return decoded ?? encoded
  })
  if (/\/\.{1,2}(\/|$)/.test(path)) isPlain = false
  return { path, isPlain }
}

/** Undefined where it is no UTF-8. */
function decodedOnce(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** Whether a rule for `rule` is about that path: exactly, or below it where the rule ends in a slash. */
export const isAbout = (rule: string, path: string): boolean =>
  rule.endsWith('/') ? path.startsWith(rule) || `${path}/` === rule : path === rule
