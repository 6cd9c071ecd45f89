import type { BrowserContext, Request } from 'playwright/test'

type Said = { type: string; text: string; url: string }

/**
 * Watches every page of a test and notes what must never happen: an error or warning in the console (such as a broken
 * content security policy), an uncaught exception, a server error, a request to another origin.
 */
export class Watch {
  readonly #ours: string
  readonly #strangers = new Set<string>()
  readonly #faults: string[] = []
  readonly #said: Said[] = []
  readonly #documents = new Set<string>()
  readonly #followed = new Set<BrowserContext>()

  constructor(ours: string) {
    this.#ours = ours
  }

  /** Lets a test play another site: what that origin does, and what the browser says about it, isn't ours. */
  expectStranger(origin: string): void {
    this.#strangers.add(origin)
  }

  readonly follow = (context: BrowserContext): void => {
    if (this.#followed.has(context)) return // a context to be used again is told of twice
    this.#followed.add(context)
    context.on('request', (request) => {
      if (!this.#mayBeSent(request)) this.#faults.push(`request elsewhere: ${request.method()} ${request.url()}`)
    })
    context.on('response', (response) => {
      if (response.status() >= 500) this.#faults.push(`${response.status()} from ${response.url()}`)
      if (response.request().isNavigationRequest()) this.#documents.add(response.url())
    })
    context.on('console', (message) => {
      this.#said.push({ type: message.type(), text: message.text(), url: message.location().url })
    })
    context.on('weberror', (error) => {
      this.#faults.push(`uncaught: ${error.error().message}`)
    })
  }

  complaints(): string[] {
    const said = this.#said
      .filter(({ type }) => type === 'error' || type === 'warning')
      .filter((message) => !this.#isStrange(message.url) && !this.#tellsOfARefusedFrame(message))
      .filter((message) => !this.#tellsOfARefusedForm(message))
    return [...this.#faults, ...said.map(({ type, text, url }) => `console ${type}: ${text} (${url})`)]
  }

  #mayBeSent(request: Request): boolean {
    const { protocol, origin } = new URL(request.url())
    return protocol === 'about:' || origin === this.#ours || this.#strangers.has(origin)
  }

  #isStrange(url: string): boolean {
    return URL.canParse(url) && this.#strangers.has(new URL(url).origin)
  }

  /** A refusal in a frame is reported for no page, or for the error page in its place: a stranger did it. */
  #tellsOfARefusedFrame({ text, url }: Said): boolean {
    const isNobodys = url === '' || url.startsWith('chrome-error:')
    return this.#strangers.size > 0 && isNobodys && (text.startsWith("Framing '") || text.includes(' status of 403 '))
  }

  /** Chromium logs every document with status 400 or above as a failed load, and a refused form gets one. */
  #tellsOfARefusedForm({ text, url }: Said): boolean {
    const isRefusal = text.startsWith('Failed to load resource: the server responded with a status of 4')
    return isRefusal && this.#documents.has(url)
  }
}
