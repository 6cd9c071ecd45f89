import { isIP } from 'node:net'
import Bowser from 'bowser'
import { createMiddleware } from 'hono/factory'
import { type Network, within } from '../lib/network.ts'
import { NAMELESS, type Origin } from '../lib/origin.ts'
import { remembering } from '../lib/remembering.ts'
import type { AppContext, AppEnv } from './env.ts'
import { headerOf } from './header.ts'

const ANALYSED = 512 // characters of User-Agent; real ones are under 300

/** User-Agents of programs that aren't browsers, which Bowser doesn't know. */
const PROGRAMS = [
  ...[
    'aiohttp',
    'axios',
    'curl',
    'Dart',
    'Faraday',
    'GuzzleHttp',
    'Go-http-client',
    'got',
    'HTTPie',
    'Insomnia',
    'Java',
  ],
  ...[
    'Java-http-client',
    'node',
    'node-fetch',
    'okhttp',
    'Deno',
    'Bun',
    'PostmanRuntime',
    'Python-urllib',
    'python-httpx',
  ],
  ...['python-requests', 'reqwest', 'Ruby', 'undici', 'Wget', 'WindowsPowerShell'],
]

type Browser = Pick<Origin, 'browser' | 'system'>

/** Sets `origin`: the address behind trusted proxies, and the browser it claims to be. */
export function requester(trustedProxies: readonly Network[]) {
  const { originOf } = requesters(trustedProxies)
  return createMiddleware<AppEnv>((c, next) => {
    c.set('origin', originOf(c))
    return next()
  })
}

/** Who asks: one of our proxies or not, and for whom. */
export function requesters(trustedProxies: readonly Network[]) {
  const isTrusted = remembering(within(trustedProxies)) // it makes objects of the system's for each look
  const browserOf = remembering(readBrowser)
  const peerOf = (c: AppContext) => plain(c.env?.incoming?.socket?.remoteAddress ?? '')

  return {
    isProxy: (c: AppContext): boolean => isTrusted(peerOf(c)),
    originOf(c: AppContext): Origin {
      const peer = peerOf(c)
      const address = trustedProxies.length > 0 ? clientAddress(peer, headerOf(c, 'x-forwarded-for'), isTrusted) : peer
      return { address: address || 'unknown', ...browserOf(headerOf(c, 'user-agent')?.slice(0, ANALYSED)) }
    },
  }
}

/** The last address that no proxy of ours vouches for. Everything left of it may be invented. */
function clientAddress(peer: string, forwarded: string | undefined, isTrusted: (address: string) => boolean) {
  if (forwarded === undefined) return peer
  let address = peer
  const hops = forwarded.split(',').map((hop) => plain(hop.trim()))
  while (isIP(address) && isTrusted(address)) {
    const next = hops.pop()
    if (!next || !isIP(next)) break
    address = next
  }
  return address
}

/** IPv4 arrives as `::ffff:192.0.2.1` on a socket that takes both. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** Firefox, Linux. If it can't tell, it says that it is a browser or a program we don't know, and keeps nothing of the text. */
export function readBrowser(userAgent: string | undefined): Browser {
  if (!userAgent) return { browser: 'unknown_program', system: null }
  try {
    const program = PROGRAMS.find(
      (known) => userAgent.match(/^[\w-]+(?=\/|$)/)?.[0].toLowerCase() === known.toLowerCase(),
    )
    if (program) return { browser: program, system: null }
    const { browser, os } = Bowser.parse(userAgent.slice(0, ANALYSED))
    return { browser: isName(browser.name) ? browser.name : 'unknown_browser', system: os.name || null }
  } catch {
    return { browser: 'unknown_browser', system: null }
  }
}

/** Of a few plain letters, and none of the words that we put in the place of a name. */
const isName = (name: string | undefined): name is string =>
  name !== undefined && /^[\w .+-]{1,40}$/.test(name) && !NAMELESS.some((word) => word === name)
