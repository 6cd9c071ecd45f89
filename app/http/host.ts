import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './env.ts'
import { headerOf } from './header.ts'
import { Refusal } from './refusals.ts'

/** Hears about a request for another host: what it asked for, and what we are. */
type Told = (asked: string, expected: string) => void

/**
 * We are one host. A request for another is misdirected (RFC 9110 section 15.5.20), and an unclear one is bad. It may name the
 * usual port. A dot at the end means the same host, and leads to the name without, because cookies and `Origin` go by that.
 */
export function onlyHost(baseUrl: string, told: Told = () => {}) {
  const { host, port, protocol } = new URL(baseUrl)
  const ours = [host, ...(port === '' ? [`${host}:${protocol === 'https:' ? 443 : 80}`] : [])]

  function misdirected(asked: string) {
    told(asked, host)
    return new Refusal(421, 'other_host')
  }

  return createMiddleware<AppEnv>(async (c, next) => {
    const raw: string[] = c.env?.incoming?.rawHeaders ?? []
    let hosts = 0
    for (let index = 0; index < raw.length; index += 2)
      if (raw[index]?.length === 4 && raw[index]?.toLowerCase() === 'host') hosts++
    if (hosts > 1) throw new Refusal(400, 'bad_request') // Node keeps the first of several
    // A target that names a host itself outranks the header (RFC 9112 section 3.2.2).
    const target: string = c.env?.incoming?.url ?? '/'
    const targeted = target.startsWith('/') ? undefined : URL.canParse(target) ? new URL(target).origin : 'no host'
    if (targeted !== undefined && targeted !== baseUrl) throw misdirected(targeted)
    const asked = headerOf(c, 'host')?.toLowerCase() ?? ''
    if (ours.includes(asked)) return next()
    const isDotted = ours.includes(asked.replace(/\.(?=(:\d+)?$)/, ''))
    if (!isDotted || !['GET', 'HEAD'].includes(c.req.method)) throw misdirected(asked || 'no host')
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`${baseUrl}${pathname}${search}`, 308)
  })
}
