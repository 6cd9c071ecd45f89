import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { APIRequestContext } from 'playwright/test'
import { site } from './by-request.ts'

type Answer = { status: number; location: string; cookies: string; html: string }

/** What a proxy in front of apps hears about a navigation. The server has to trust this machine as one. */
export async function askedByProxy(url: string, cookies = ''): Promise<Answer> {
  const { protocol, host, pathname, search } = new URL(url)
  // fetch says of itself in Sec-Fetch-Mode that it is no navigation.
  const request = get(`${site()}/gate/caddy`, {
    headers: {
      'X-Forwarded-Method': 'GET',
      'X-Forwarded-Proto': protocol.slice(0, -1),
      'X-Forwarded-Host': host,
      'X-Forwarded-Uri': pathname + search,
      'X-Forwarded-For': '127.0.0.1',
      'Sec-Fetch-Mode': 'navigate',
      Accept: 'text/html',
      Cookie: cookies,
    },
  })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const { location = '', 'set-cookie': set = [] } = answer.headers
  return {
    status: answer.statusCode ?? 0,
    location,
    cookies: set.flatMap((cookie) => cookie.split(';').slice(0, 1)).join('; '),
    html: await text(answer),
  }
}

/** Lets the session of `request` in at an app. */
export async function openApp(request: APIRequestContext, url: string): Promise<void> {
  const refused = await askedByProxy(url)
  const back = await request.get(refused.location, { maxRedirects: 0, headers: { 'sec-fetch-site': 'cross-site' } })
  const { cookies } = await askedByProxy(back.headers().location ?? '', refused.cookies)
  const opened = await askedByProxy(url, cookies)
  if (opened.status !== 200) throw new Error(`${url} answers ${opened.status}.`)
}
