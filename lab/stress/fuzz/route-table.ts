/** As the routes write it: `POST /settings/tokens/:id/edit`. */
export type Route = { method: string; path: string }

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`

/**
 * What an app answers, from its own table, so a new route is here by itself. Entries for all methods guard others, unless
 * nothing else has their path and they are no prefix: those answer themselves.
 */
export function routesOf(app: { routes: readonly Route[] }): Route[] {
  const paths = new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path))
  const own = app.routes.flatMap(({ method, path }) => {
    if (path.endsWith('*')) return []
    if (method !== 'ALL') return [{ method, path }]
    return paths.has(path) ? [] : ['GET', 'POST'].map((each) => ({ method: each, path }))
  })
  return [...new Map(own.map((route) => [nameOf(route), route])).values()]
}

/** With one route per method of `/1.0/` instead of the pattern they share, and GET for those that take it. */
export function withMethods(routes: readonly Route[], methods: ReadonlyMap<string, { reads: boolean }>): Route[] {
  return routes.flatMap((route) => {
    if (!route.path.startsWith('/1.0/:')) return [route]
    return [...methods].flatMap(([name, { reads }]) => {
      const [group, service, method] = name.split('.')
      const isTaken = route.method === 'POST' || reads
      return isTaken ? [{ method: route.method, path: `/1.0/${group}/${service}/rest/${method}` }] : []
    })
  })
}

/** Finds the route for a method and path. HEAD counts as GET, and a full path goes before one with parameters. */
export function routeFinder(routes: readonly Route[]): (method: string, path: string) => Route | undefined {
  const exact = new Map(routes.map((route) => [nameOf(route), route]))
  const patterns = routes
    .filter(({ path }) => path.includes(':'))
    .map((route) => ({
      route,
      pattern: new RegExp(
        `^${route.path
          .split(/:[^/]+/)
          .map(escaped)
          .join('[^/]+')}$`,
      ),
    }))
  return (asked, path) => {
    const method = asked === 'HEAD' ? 'GET' : asked
    return (
      exact.get(`${method} ${path}`) ??
      patterns.find(({ route, pattern }) => route.method === method && pattern.test(path))?.route
    )
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
