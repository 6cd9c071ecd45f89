import { once } from 'node:events'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import type { Page } from 'playwright/test'

/**
 * What a first visit to a page costs on the wire, in bytes: the headers and bodies of the page, its style sheets, scripts
 * and icon, the way a browser asks for them.
 */
export async function weightOf(page: Page): Promise<number> {
  const parts = await page
    .locator('link[rel=icon], link[rel=stylesheet], script[src]')
    .evaluateAll((elements) =>
      elements.map((element) =>
        element instanceof HTMLLinkElement ? element.href : (element as HTMLScriptElement).src,
      ),
    )
  const cookies = await page.context().cookies(page.url())
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const weights = await Promise.all([page.url(), ...parts].map((url) => bytesReceived(url, cookie)))
  return weights.reduce((sum, bytes) => sum + bytes)
}

async function bytesReceived(url: string, cookie: string): Promise<number> {
  const get = url.startsWith('https:') ? getSecure : getPlain
  const request = get(url, { agent: false, headers: { cookie, 'accept-encoding': 'gzip, deflate, br, zstd' } })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  await once(response.resume(), 'end')
  if (![200, 400, 403].includes(response.statusCode ?? 0)) throw new Error(`${url} answers ${response.statusCode}.`)
  return response.socket.bytesRead
}
