import { createMiddleware } from 'hono/factory'
import type { AppEnv } from './env.ts'
import { Refusal } from './refusals.ts'

/** We are one host. A request for another is misdirected (RFC 9110 section 15.5.20); an unclear one is bad. */
export function onlyHost(baseUrl: string) {
  const { host } = new URL(baseUrl)
  return createMiddleware<AppEnv>((c, next) => {
    const raw: string[] = c.env?.incoming?.rawHeaders ?? []
    let hosts = 0
    for (let index = 0; index < raw.length; index += 2)
      if (raw[index]?.length === 4 && raw[index]?.toLowerCase() === 'host') hosts++
    if (hosts > 1) throw new Refusal(400, 'bad_request') // Node keeps the first of several
    // A target that names a host itself outranks the header (RFC 9112 section 3.2.2).
    const target: string = c.env?.incoming?.url ?? '/'
    if (!target.startsWith('/') && !(URL.canParse(target) && new URL(target).origin === baseUrl))
      throw new Refusal(421, 'other_host')
    if (c.req.header('Host')?.toLowerCase() !== host) throw new Refusal(421, 'other_host')
    return next()
  })
}
