import { BASE_URL } from './names.ts'
import { type Answer, textOf } from './people.ts'
import type { Transport } from './transport.ts'

/** Where a browser is, and what it says it is. */
export type From = { address?: string; userAgent?: string }
type Received = Answer & { headers: Headers; text: string }

export type Browser = ReturnType<typeof browser>

/** Keeps cookies and posts forms like a browser with scripts off. It follows no redirects, because tests look at each. */
export function browser(carry: Transport, { address = '192.0.2.1', userAgent = FIREFOX }: From) {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Received> {
    const headers = new Headers({ Host: new URL(BASE_URL).host, 'User-Agent': userAgent })
    if (cookies.size > 0) headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await carry(path, { ...init, headers }, address)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const name = pair.slice(0, pair.indexOf('='))
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, pair.slice(name.length + 1))
    }
    const html = await response.text()
    return {
      status: response.status,
      location: response.headers.get('Location'),
      headers: response.headers,
      html,
      get text() {
        return textOf(html)
      },
    }
  }

  return {
    cookies,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: (path: string, fields: Record<string, string> | string = {}, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Origin: BASE_URL,
          'Sec-Fetch-Site': 'same-origin',
          ...headers,
        },
      }),
    send,
  }
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
