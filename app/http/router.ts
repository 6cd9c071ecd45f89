import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

/**
 * Looks up a path once and remembers the result, for paths without parameters and those of `besides`, which no route names.
 * There are few of them, and nearly every request is for one. Requests for paths with ids or nonsense don't make it grow.
 */
export class RememberingRouter<Handler> implements Router<Handler> {
  name = 'RememberingRouter'
  private readonly routes = new TrieRouter<Handler>()
  private readonly plain: Set<string>
  private readonly found = new Map<string, Result<Handler>>()

  constructor(besides: Iterable<string> = []) {
    this.plain = new Set(besides)
  }

  add(method: string, path: string, handler: Handler): void {
    this.routes.add(method, path, handler)
    if (!/[:*?{]/.test(path)) this.plain.add(path)
    this.found.clear()
  }

  match(method: string, path: string): Result<Handler> {
    const key = method + path // no method has a slash, and every path begins with one
    const before = this.found.get(key)
    if (before) return before
    const result = this.routes.match(method, path)
    if (this.plain.has(path)) this.found.set(key, result)
    return result
  }
}
