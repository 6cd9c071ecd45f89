import { domainToASCII } from 'node:url'

/** What `http:` and `https:` URLs leave out. */
const USUAL_PORT = { http: '80', https: '443' } as const
export type Scheme = keyof typeof USUAL_PORT

/** All apps have the scheme of the portal. */
export const schemeOf = (baseUrl: string): Scheme => (baseUrl.startsWith('https:') ? 'https' : 'http')

const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/ // RFC 1123 section 2.1
const IN_ASCII = /^[\x21-\x7e]*$/
const IN_UNICODE = /^[a-z0-9.\u{a0}-\u{10ffff}-]*$/iu // a parser of URLs drops tabs and decodes `%`
const IPV6 = /^\[[0-9a-f:.]{2,45}\]$/

/**
 * A host as it is stored and compared: lower-case, in ASCII (RFC 5891), without a dot at the end and without the usual port of
 * `scheme`. Undefined for what is no host: nothing is guessed.
 */
export function canonicalHost(text: string, scheme: Scheme): string | undefined {
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? []
  const ascii = IN_ASCII.test(name) ? name.toLowerCase() : IN_UNICODE.test(name) ? domainToASCII(name) : ''
  const bare = ascii.replace(/\.$/, '')
  const isName = NAME.test(bare) && !isNumber(bare.split('.').at(-1) ?? '')
  if (!isName && !IPV6.test(bare) && !isIPv4(bare)) return undefined
  if (port === undefined || Number(port) === Number(USUAL_PORT[scheme])) return bare
  return Number(port) > 0 && Number(port) < 65536 ? `${bare}:${Number(port)}` : undefined
}

/** Browsers read a name that ends in a number as an address, whatever its form (WHATWG URL, host parsing). */
const isNumber = (label: string) => /^(\d+|0x[0-9a-f]*)$/.test(label)

const isIPv4 = (text: string) =>
  /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/.test(text)
