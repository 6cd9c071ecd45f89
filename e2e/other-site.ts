import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody else's site, on its own loopback port, for attacks that need a real second origin. */
export class OtherSite {
  /** Two names for one server. To a product on localhost, the first is a sibling (same site) and the second a stranger. */
  readonly origins: string[]
  readonly #server: Server
  readonly #pages: Map<string, string>

  private constructor(server: Server, pages: Map<string, string>) {
    const { port } = server.address() as AddressInfo
    this.origins = [`http://localhost:${port}`, `http://127.0.0.1:${port}`]
    this.#server = server
    this.#pages = pages
  }

  static async open(): Promise<OtherSite> {
    const pages = new Map<string, string>()
    const server = createServer((request, response) => {
      const body = pages.get((request.url ?? '').replace(/[?&]latchkey_code=.*$/, ''))
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(`<!doctype html><html lang="en"><title>Other site</title>${body ?? ''}</html>`)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new OtherSite(server, pages)
  }

  /** Puts a page on the site, at the same path under both origins. */
  show(path: string, body: string): void {
    this.#pages.set(path, body)
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** A button that sends a form from where it should never come. The answer goes to a frame, so the page stays. */
export function formTo(action: string, fields: Record<string, string>): string {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  return `<form method="post" action="${action}" target="answer">${inputs.join('')}<button>Win</button></form>`
}
