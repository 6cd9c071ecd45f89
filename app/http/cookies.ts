import { decodeBase64, encodeBase64 } from '@oslojs/encoding'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import { holding } from '../lib/held-tokens.ts'
import { looksLikeToken } from '../lib/tokens.ts'
import type { Vault } from '../lib/vault.ts'
import type { AnyContext } from './env.ts'
import { type FlashWord, isFlashWord } from './flashes.ts'
import { headerOf } from './header.ts'

// The only file that touches cookies.

const FIFTEEN_MINUTES = 15 * 60 // seconds, as Max-Age counts; the server's own expiry rules
const TEN_MINUTES = 10 * 60
const FIVE_MINUTES = 5 * 60
const TWO_MINUTES = 2 * 60
const HALF_AN_HOUR = 30 * 60
const THIRTY_DAYS = 30 * 24 * 60 * 60
const A_YEAR = 365 * 24 * 60 * 60 // browsers keep no cookie for longer than 400 days

export type Cookies = ReturnType<typeof createCookies>

/** Reads and writes the product's cookies. Over https their names begin with `__Host-`, which ties them to this host alone. */
export function createCookies({ baseUrl, vault }: { baseUrl: string; vault: Vault }) {
  const secure = baseUrl.startsWith('https:')
  const named = (name: string) => (secure ? `__Host-${name}` : name)
  const SESSION = named('latchkey')
  const PENDING = named('latchkey-pending')
  const ENROLMENT = named('latchkey-enrolment')
  const ALONE = named('latchkey-passkey')
  const FLASH = named('latchkey-notice') // as browsers have it
  const MAIL_LINK = named('latchkey-mail-link')
  const PROBE = named('latchkey-probe')
  const GATE = named('latchkey-gate')
  const GATE_NONCE = named('latchkey-gate-pre')
  const options = { path: '/', httpOnly: true, sameSite: 'Lax', secure } satisfies CookieOptions

  const read = (c: AnyContext, name: string) => (isSingle(c, name) ? getCookie(c, name) : undefined)
  const remove = (c: AnyContext, name: string) => void deleteCookie(c, name, options)

  /** Tokens of several accounts in one cookie, which outlives the session. Junk among them counts as absent. */
  const tokens = (name: string, maxAge: number) => {
    const held = (c: AnyContext) => (read(c, name) ?? '').split('.').filter(looksLikeToken)
    return {
      read: held,
      hold: (c: AnyContext, token: string | undefined) =>
        token !== undefined && setCookie(c, name, holding(held(c), token).join('.'), { ...options, maxAge }),
    }
  }

  /** A secret that was just made, sealed, on its way to the one page that shows it. */
  const once = (name: string) => ({
    write: (c: AnyContext, sealed: string) => setCookie(c, name, sealed, { ...options, maxAge: TWO_MINUTES }),
    take(c: AnyContext): string | undefined {
      const sealed = read(c, name)
      remove(c, name)
      return sealed
    },
  })

  /** All of ours begin alike. */
  const anyCame = (c: AnyContext) =>
    (headerOf(c, 'cookie') ?? '').split(';').some((pair: string) => pair.trim().startsWith(SESSION))

  return {
    /** Tells a browser that keeps no cookies from one whose session has ended. It holds nothing, and ends with the browser. */
    probe: {
      ask: (c: AnyContext) => read(c, PROBE) === undefined && setCookie(c, PROBE, 'asked', options),
      /** For a form whose page has asked: whether nothing at all came back. */
      isLost: (c: AnyContext, fields: { cookie?: string | undefined }) => fields.cookie !== undefined && !anyCame(c),
    },
    session: {
      read: (c: AnyContext) => read(c, SESSION),
      /** No Max-Age: it ends with the browser, and before that when the server says so. */
      write: (c: AnyContext, token: string) => setCookie(c, SESSION, token, options),
      /** The token that a use case put in the old one's place, if it did. */
      renew: (c: AnyContext, token: string | undefined) => token !== undefined && setCookie(c, SESSION, token, options),
      remove: (c: AnyContext) => remove(c, SESSION),
    },
    pending: {
      read: (c: AnyContext) => read(c, PENDING),
      write: (c: AnyContext, token: string) => setCookie(c, PENDING, token, { ...options, maxAge: FIVE_MINUTES }),
      remove: (c: AnyContext) => remove(c, PENDING),
    },
    /** What a browser is asked by that comes to sign in without a password. It says nothing of anybody, and ends with the browser. */
    alone: {
      read: (c: AnyContext) => read(c, ALONE),
      write: (c: AnyContext, asker: string) => setCookie(c, ALONE, asker, options),
      remove: (c: AnyContext) => remove(c, ALONE),
    },
    enrolment: {
      /** The text that was signed, under the newest key or an older one; anything else counts as absent. */
      async read(c: AnyContext): Promise<string | undefined> {
        const raw = read(c, ENROLMENT)
        if (!raw || !hasCanonicalSignature(raw)) return undefined
        for (const key of vault.signingKeys('enrolment-signature')) {
          const text = await getSignedCookie(c, new Uint8Array(key), ENROLMENT)
          if (text) return text
        }
        return undefined
      },
      async write(c: AnyContext, text: string): Promise<void> {
        const [newest] = vault.signingKeys('enrolment-signature')
        if (newest)
          await setSignedCookie(c, ENROLMENT, text, new Uint8Array(newest), { ...options, maxAge: FIFTEEN_MINUTES })
      },
      remove: (c: AnyContext) => remove(c, ENROLMENT),
    },
    /** What a browser that has signed in before is known by. */
    browser: tokens(named('latchkey-browser'), A_YEAR),
    /** What a browser that is not asked for the code is trusted by. */
    trusted: tokens(named('latchkey-trusted'), THIRTY_DAYS),
    token: once(named('latchkey-token')),
    clientSecret: once(named('latchkey-client-secret')),
    /** What a link in a mail brought along, from its URL to the page that uses it up. */
    mailLink: {
      read: (c: AnyContext) => read(c, MAIL_LINK),
      write: (c: AnyContext, text: string) => setCookie(c, MAIL_LINK, text, { ...options, maxAge: HALF_AN_HOUR }),
      remove: (c: AnyContext) => remove(c, MAIL_LINK),
    },
    /** Those of the hosts behind the gate, one host each. None of them means anything here, nor any of ours there. */
    gate: {
      read: (c: AnyContext) => only(headerOf(c, 'cookie'), GATE),
      /** No Max-Age, as for the session: it never changes, because only some proxies pass a cookie on with what they let in. */
      write: (c: AnyContext, token: string) => setCookie(c, GATE, token, options),
    },
    gateNonce: {
      read: (c: AnyContext) => read(c, GATE_NONCE),
      write: (c: AnyContext, nonce: string) => setCookie(c, GATE_NONCE, nonce, { ...options, maxAge: TEN_MINUTES }),
    },
    /** What the next page says, once. */
    flash: {
      leave: (c: AnyContext, word: FlashWord) => setCookie(c, FLASH, word, { ...options, maxAge: 60 }),
      take(c: AnyContext): FlashWord | undefined {
        const word = read(c, FLASH)
        if (word === undefined) return undefined
        remove(c, FLASH)
        return isFlashWord(word) ? word : undefined
      },
    },
  }
}

/** As `read`, of plain characters alone, for what is asked with each request to an app. */
function only(header: string | undefined, name: string): string | undefined {
  let found: string | undefined
  if (header === undefined) return undefined
  for (let at = 0; at >= 0 && at < header.length; ) {
    const end = header.indexOf(';', at)
    const pair = (end < 0 ? header.slice(at) : header.slice(at, end)).trim()
    at = end < 0 ? -1 : end + 1
    if (!pair.startsWith(name) || pair.slice(name.length).trimStart()[0] !== '=') continue
    if (found !== undefined) return undefined
    found = pair.slice(pair.indexOf('=') + 1).trimStart()
  }
  return found
}

/** Two cookies with one name come from someone who can plant one. Neither is believed. */
function isSingle(c: AnyContext, name: string) {
  const named = (headerOf(c, 'cookie') ?? '').split(';').filter((pair: string) => pair.split('=')[0]?.trim() === name)
  return named.length === 1
}

/** Base64 has spare bits at its end that decode to nothing: a signature with other spare bits is not the one we wrote. */
function hasCanonicalSignature(signed: string) {
  const signature = signed.slice(signed.lastIndexOf('.') + 1)
  try {
    return encodeBase64(decodeBase64(signature)) === signature
  } catch {
    return false
  }
}
