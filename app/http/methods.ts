import type { Hono } from 'hono'
import type { AppEnv } from './env.ts'

export type AllowedMethods = (path: string) => string[]

/** Which methods the routes of `app` answer at a path: for 405 and its `Allow`. Empty where there is no such path. */
export function allowedMethods(app: Hono<AppEnv>): AllowedMethods {
  let routes: { pattern: RegExp; method: string }[] | undefined // read at the first use, when all routes stand
  return (path) => {
    routes ??= app.routes
      .filter(({ method }) => method !== 'ALL') // middleware
      .map(({ path, method }) => ({ pattern: new RegExp(`^${path.replaceAll(/:[^/]+/g, '[^/]+')}$`), method }))
    const methods = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    if (methods.has('GET')) methods.add('HEAD')
    return [...methods].sort()
  }
}
