import { decodeBase32IgnorePadding } from '@oslojs/encoding'

/** What an `otpauth:` address says. `label` is the text before the question mark, such as `Example:ada`. */
export type OtpauthAddress = { label: string; issuer: string | undefined; key: string | undefined; isOurs: boolean }

/** Undefined where it is no such address. Codes that we can judge are `isOurs`: SHA-1, six digits, thirty seconds, by the clock. */
export function readOtpauth(text: string): OtpauthAddress | undefined {
  const parts = /^otpauth:\/\/(totp|hotp)\/([^?#]*)\?([^#]*)$/i.exec(text.trim())
  const [, kind = '', path = '', query] = parts ?? []
  const label = decoded(path)
  if (query === undefined || label === undefined) return undefined
  const asked = new URLSearchParams(query)
  const is = (name: string, ...ours: string[]) =>
    asked.getAll(name).every((value) => ours.includes(value.toUpperCase()))
  return {
    label,
    issuer: asked.get('issuer') ?? undefined,
    key:
      asked.getAll('secret').length === 1
        ? asked
            .get('secret')
            ?.toUpperCase()
            .replace(/\s|=+$/g, '')
        : undefined,
    isOurs: kind.toLowerCase() === 'totp' && is('algorithm', 'SHA1') && is('digits', '6') && is('period', '30'),
  }
}

/** The secret that a key in base32 (RFC 4648) stands for. */
export function readKey(key: string): Uint8Array | undefined {
  try {
    return decodeBase32IgnorePadding(key)
  } catch {
    return undefined
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
